"""What the page behind a personal link shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from artists.links import page_path
from events import journeys
from events.listings import Listing, listing_of
from events.models import Attendee, AttendeeStatus, Slot
from events.querysets import JOINABLE_STATUSES


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfirmPage:
    """`ballot` is (number, artist, address of the artist's page).

    Exactly one of `confirmed`, `left`, `is_over` holds, or none: then it can be confirmed.
    """

    night: Listing
    ballot: Sequence[tuple[str, str, str]]
    confirmed: bool
    left: bool
    is_over: bool
    vote_href: str


def confirm_page_of(attendee: Attendee, *, now: datetime) -> ConfirmPage:
    """The attendee's event and its venue must be loaded. One query."""
    ballot = Slot.objects.filter(event=attendee.event).on_the_ballot().in_order()
    confirmed, left = attendee.status == AttendeeStatus.CONFIRMED, attendee.status == AttendeeStatus.LEFT
    return ConfirmPage(
        night=listing_of(attendee.event, now=now),
        ballot=[(str(slot.ballot_number), slot.artist.name, page_path(slot.artist)) for slot in ballot],
        confirmed=confirmed,
        left=left,
        is_over=not (confirmed or left) and attendee.event.status not in JOINABLE_STATUSES,
        vote_href=journeys.vote_link(attendee) if confirmed else "",
    )
