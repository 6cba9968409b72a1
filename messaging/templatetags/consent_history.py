"""What whoever is signed in agreed to, on pages of other apps: `{% consent_history %}`."""

from typing import Any

from django.template import Context, Library

from accounts.models import User
from accounts.persons import person_of
from messaging.consent_history import consent_history_of

register = Library()


@register.inclusion_tag("messaging/consent_history.html", takes_context=True)
def consent_history(context: Context) -> dict[str, Any]:
    """Of the page's user."""
    user = context["user"]
    assert isinstance(user, User), "the page is for signed-in people"
    return {"history": consent_history_of(person_of(user))}
