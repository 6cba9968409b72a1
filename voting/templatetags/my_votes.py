"""The votes of whoever is signed in, on pages of other apps: `{% my_votes %}`."""

from typing import Any, Final
from urllib.parse import urlencode

from django.template import Context, Library

from accounts.models import User
from voting.my_votes import PAGE, my_votes_of

register = Library()
_CURSOR: Final = "cursor"


@register.inclusion_tag("voting/my_votes.html", takes_context=True)
def my_votes(context: Context, latest: int = 0) -> dict[str, Any]:
    """The votes of the page's user: the `latest` few, or all of them page by page from where the address says. One query."""
    user, request = context["user"], context["request"]
    assert isinstance(user, User), "the page is for signed-in people"
    page = my_votes_of(user, cursor="" if latest else request.GET.get(_CURSOR, ""), limit=latest or PAGE)
    return {
        "votes": page.votes,
        "latest": latest,
        "following": _page_at(page.following),
        "previous": _page_at(page.previous),
    }


def _page_at(cursor: str) -> str:
    """The address of that page, "" without a cursor."""
    return f"?{urlencode({_CURSOR: cursor})}" if cursor else ""
