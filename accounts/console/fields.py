"""Form fields that several apps' pages need."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget


class WordsField(forms.CharField):
    """Words with commas between them, as a list in lower case."""

    def __init__(self, **options: Any) -> None:
        options = {
            "required": False,
            "widget": UnfoldAdminTextInputWidget,
            "help_text": _("Words with commas between them."),
        } | options
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        return [word for part in (super().to_python(value) or "").split(",") if (word := part.strip().lower())]

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != self.to_python(data))
