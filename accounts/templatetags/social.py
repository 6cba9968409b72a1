"""Google, Apple and Spotify on pages: `{% load social %}`."""

from dataclasses import dataclass

from allauth.socialaccount.models import SocialAccount
from django.template import Context, Library

from accounts.models import User
from accounts.social import NAMES, configured

register = Library()


@dataclass(frozen=True, slots=True)
class Way:
    """One of them: its name in addresses and for people, and whether the account is connected to it."""

    key: str
    name: str
    is_offered: bool = True
    is_connected: bool = False


@register.simple_tag
def ways_in() -> list[Way]:
    """Those that have keys."""
    return [Way(key, NAMES[key]) for key in configured()]


@register.simple_tag(takes_context=True)
def my_ways_in(context: Context) -> list[Way]:
    """Those that have keys, and those the page's user is connected to although they have none any more (one query)."""
    user = context["user"]
    assert isinstance(user, User), "the page is for signed-in people"
    mine = set(SocialAccount.objects.filter(user=user).values_list("provider", flat=True))
    offered = configured()
    return [
        Way(key, name, is_offered=key in offered, is_connected=key in mine)
        for key, name in NAMES.items()
        if key in offered or key in mine
    ]
