"""The words of texts: templates under `templates/sms/`, in the reader's language."""

from typing import Any

from django.template import Context
from django.template.loader import get_template
from django.utils import translation


def render(template_name: str, language: str, /, **context: Any) -> str:
    """The text of `templates/sms/<template_name>.txt`: one line of plain text, nothing escaped.

    Raises TemplateDoesNotExist.
    """
    template = get_template(f"sms/{template_name}.txt").template  # type: ignore[attr-defined]  # Django's own engine
    with translation.override(language):
        return " ".join(template.render(Context(context, autoescape=False)).split())


def shortened(title: str, *, most: int = 30) -> str:
    """A title that leaves room for the rest of a text; what is cut off is three full stops, which every alphabet has."""
    return title if len(title) <= most else f"{title[: most - 3].rstrip()}..."
