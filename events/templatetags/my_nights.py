"""The nights of whoever is signed in, on pages of other apps: `{% my_nights %}`."""

from typing import Any, Final
from urllib.parse import urlencode

from django.template import Context, Library
from django.utils import timezone

from accounts.models import User
from events.my_nights import my_nights_of

register = Library()
_CURSOR: Final = "before"


@register.inclusion_tag("events/my_nights.html", takes_context=True)
def my_nights(context: Context) -> dict[str, Any]:
    """The nights of the page's user, from where the address says. Two queries."""
    user, request = context["user"], context["request"]
    assert isinstance(user, User), "the page is for signed-in people"
    nights = my_nights_of(user, cursor=request.GET.get(_CURSOR, ""), now=timezone.now())
    return {"nights": nights, "following": _page_at(nights.following), "previous": _page_at(nights.previous)}


def _page_at(cursor: str) -> str:
    """The address of that page of the nights before, "" without a cursor."""
    return f"?{urlencode({_CURSOR: cursor})}#before" if cursor else ""
