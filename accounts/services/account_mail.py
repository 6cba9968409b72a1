"""Mail about an account that allauth does not send: two templates per mail, `<name>_subject.txt` and `<name>_message.txt`."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation


def write_to(*, email: str, template: str, language: str, **context: Any) -> None:
    """Queue a mail in this language, in the caller's transaction. Raises Unavailable where no mail can leave."""
    with translation.override(language):
        context = {**context, "email": email, "site_url": settings.PUBLIC_URL}
        subject = " ".join(render_to_string(f"{template}_subject.txt", context).split())
        EmailMessage(subject, render_to_string(f"{template}_message.txt", context), to=[email]).send()
