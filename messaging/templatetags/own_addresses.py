"""Where whoever is signed in is written to, on pages of other apps: `{% own_addresses as addresses %}`."""

from django.template import Context, Library
from django.utils import timezone

from accounts.models import User
from messaging.preferences import OwnAddress, own_addresses_of

register = Library()


@register.simple_tag(takes_context=True)
def own_addresses(context: Context) -> list[OwnAddress]:
    """The proven addresses of the page's user that were ever written to, with the way to their preferences. One query."""
    user = context["user"]
    assert isinstance(user, User), "the page is for signed-in people"
    return own_addresses_of(user, now=timezone.now())
