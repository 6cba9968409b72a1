"""What fills the addresses of pages in: rows of the demo. Each raises IndexError when the demo has no such row."""

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.services.unlocking import unlock_link as link_for
from artists.models import Artist
from config.demo.people import DOMAIN
from config.demo.programme import DEMO_SLUG
from events.links import confirm_code
from events.models import Attendee, Event, EventStatus, Slot
from messaging.links import preferences_token
from messaging.models import Channel, Message
from voting.links import vote_code
from voting.models import Ballot, BallotState


def live_night() -> str:
    return DEMO_SLUG


def live_night_id() -> str:
    return Event.objects.get(slug=DEMO_SLUG).public_id


def live_night_pk() -> int:
    return Event.objects.get(slug=DEMO_SLUG).pk


def coming_night() -> str:
    return _night(EventStatus.PUBLISHED).slug


def cancelled_night() -> str:
    return _night(EventStatus.CANCELLED).slug


def past_night() -> str:
    return _night(EventStatus.CLOSED).slug


def past_night_pk() -> int:
    return _night(EventStatus.CLOSED).pk


def _night(status: EventStatus) -> Event:
    return Event.objects.filter(status=status).order_by("starts_at", "pk")[0]


def waiting_code() -> str:
    """The link of somebody who joined the demo night by text and has not said yes."""
    return confirm_code(_waiting())


def confirmed_code() -> str:
    return confirm_code(_confirmed())


def fan_pk() -> int:
    return User.objects.get(email=f"fan@{DOMAIN}").pk


def unlock_link() -> str:
    """The link that the fan would get if strangers had locked the account."""
    return link_for(user=User.objects.get(email=f"fan@{DOMAIN}"), now=timezone.now())


def preferences() -> str:
    """The link of somebody who gets texts about the demo night."""
    phone = _confirmed().phone
    assert phone
    return preferences_token(phone.pk, now=timezone.now())


def vote_link_of_somebody_waiting() -> str:
    return vote_code(_waiting())


def vote_link_of_a_voter() -> str:
    return vote_code(_by_text().filter(pk__in=_votes().values("attendee"))[0])


def vote_link_of_somebody_shy() -> str:
    """Confirmed, and has not voted in the round that is open."""
    return vote_code(_by_text().exclude(confirmed_at=None).exclude(pk__in=_votes().values("attendee"))[0])


def receipt() -> str:
    """Of a vote in the demo night."""
    return str(_votes()[0].receipt)


def _votes() -> QuerySet[Ballot]:
    return Ballot.objects.filter(round__event__slug=DEMO_SLUG, state=BallotState.ACCEPTED).order_by("pk")


def _waiting() -> Attendee:
    return _by_text().filter(confirmed_at=None)[0]


def _confirmed() -> Attendee:
    return _by_text().exclude(confirmed_at=None)[0]


def _by_text() -> QuerySet[Attendee]:
    joined = Attendee.objects.filter(event__slug=DEMO_SLUG, phone__isnull=False)
    return joined.select_related("event", "phone").order_by("pk")


def artist() -> str:
    """The first on the bill of the demo night."""
    return str(_bill()[0].artist.slug)


def artist_without_nights() -> str:
    booked = Slot.objects.values("artist")
    return str(Artist.objects.exclude(pk__in=booked).order_by("pk")[0].slug)


def _bill() -> QuerySet[Slot]:
    return Slot.objects.filter(event__slug=DEMO_SLUG).select_related("artist").order_by("ballot_number")


def mail() -> str:
    """The newest mail in the local mailbox."""
    return str(Message.objects.filter(channel=Channel.EMAIL).order_by("-pk")[0].public_id)
