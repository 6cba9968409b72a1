"""What the vote page shows: who is looking, how the event and its round stand, and what can be done now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.actors import Here
from events.event_page import Entrance, entrance_of
from events.links import confirm_link
from events.listings import Listing, listing_of
from events.local_time import clock
from events.models import Attendee, AttendeeStatus, Event, EventStatus
from voting import directory, tokens
from voting.leaderboard import Audience, facts_of, withheld
from voting.models import Ballot, BallotState, Round, RoundStatus
from voting.viewing import opens_without_token, viewing_token
from voting.voters import Visitor


class Scene(StrEnum):
    """Which picture the page is; each has its template in `templates/voting/vote/`."""

    CANCELLED = "cancelled"
    OVER = "over"
    STRANGER = "stranger"  # nobody is signed in
    OUTSIDE = "outside"  # signed in, and has not joined
    PENDING = "pending"
    LEFT = "left"
    EARLY = "early"  # the event is not live yet
    WAITING = "waiting"  # it is live, and no round has opened yet
    OPEN = "open"
    COUNTED = "counted"
    CLOSED = "closed"


class Clock(NamedTuple):
    """When a round closes by itself. `total` is its whole span in seconds."""

    until: datetime
    now: datetime
    total: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundShown:
    """`following` says when the next round opens, once this one is over; "" where nobody knows."""

    label: str
    clock: Clock | None
    withheld: bool
    disputed: bool
    following: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """The visitor's standing ballot. `instead_of` is the artist of a later vote, which changed nothing; "" without one."""

    artist: str
    receipt: str
    in_review: bool
    instead_of: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    """For the module that notices when a round opens or closes: where to ask, and what was true when this was drawn."""

    address: str
    standing: str


@dataclass(frozen=True, kw_only=True, slots=True)
class VotePage:
    """`ballot` is (number, artist). `token` is the authority to vote in an open round; "" in any other scene."""

    scene: Scene
    by_link: bool
    event: Event
    night: Listing
    round: RoundShown | None
    ballot: Sequence[tuple[str, str]]
    token: str
    counted: Counted | None
    entrance: Entrance | None
    confirm_href: str
    watch: Watch | None

    @property
    def template(self) -> str:
        return f"voting/vote/{self.scene}.html"

    @property
    def question(self) -> str:
        """What the ballot asks, for whoever does not see it."""
        return _("%(round)s: choose one artist") % {"round": self.round.label if self.round else ""}


_OF_EVENT: Final = {
    EventStatus.DRAFT: Scene.EARLY,
    EventStatus.CLOSED: Scene.OVER,
    EventStatus.ARCHIVED: Scene.OVER,
    EventStatus.CANCELLED: Scene.CANCELLED,
}
_OF_PERSON: Final = {AttendeeStatus.PENDING: Scene.PENDING, AttendeeStatus.LEFT: Scene.LEFT}
_WITH_ENTRANCE: Final = {Scene.STRANGER, Scene.OUTSIDE, Scene.LEFT}
_WATCHED: Final = {Scene.EARLY, Scene.WAITING, Scene.OPEN, Scene.COUNTED, Scene.CLOSED}
_STANDING: Final = (BallotState.ACCEPTED, BallotState.QUARANTINED)


def vote_page_of(visitor: Visitor, *, now: datetime, chosen: str = "") -> VotePage:
    """The page as this visitor sees it. `chosen` is the ballot number of a vote that came when another one stood.

    Changes nothing: a voting token is only a permission. Five queries at most, besides those that found the visitor.
    """
    event, attendee = visitor.event, visitor.attendee
    current = Round.objects.filter(event=event).current_first().first()
    standing = _standing(attendee, current) if attendee and current else None
    scene = _scene(visitor, current, voted=standing is not None, now=now)
    ballot = [(str(slot.ballot_number), slot.artist.name) for slot in directory.ballot_at(event, current)]
    return VotePage(
        scene=scene,
        by_link=visitor.by_link,
        event=event,
        night=listing_of(event, now=now),
        round=_shown(event, current, scene, now) if current else None,
        ballot=ballot,
        token=_token(attendee, current, now) if attendee and current and scene is Scene.OPEN else "",
        counted=_counted(standing, dict(ballot).get(chosen, "")) if standing else None,
        entrance=entrance_of(event, visitor.actor) if scene in _WITH_ENTRANCE else None,
        confirm_href=confirm_link(attendee) if attendee and scene is Scene.PENDING else "",
        watch=_watch(visitor, current, now) if scene in _WATCHED else None,
    )


def _scene(visitor: Visitor, current: Round | None, *, voted: bool, now: datetime) -> Scene:
    """First what is true for everybody, then who is looking, then the round."""
    status = EventStatus(visitor.event.status)
    if status in _OF_EVENT:
        return _OF_EVENT[status]
    if visitor.attendee is None:
        return Scene.OUTSIDE if visitor.actor.user else Scene.STRANGER
    if (of_person := AttendeeStatus(visitor.attendee.status)) in _OF_PERSON:
        return _OF_PERSON[of_person]
    return _of_round(current, voted=voted, now=now) if status == EventStatus.LIVE else Scene.EARLY


def _of_round(current: Round | None, *, voted: bool, now: datetime) -> Scene:
    if current is None or current.status == RoundStatus.PLANNED:
        return Scene.WAITING
    if current.status != RoundStatus.OPEN or (current.closes_at and current.closes_at <= now):
        return Scene.CLOSED
    return Scene.COUNTED if voted else Scene.OPEN


def _standing(attendee: Attendee, round_: Round) -> Ballot | None:
    """The ballot of this person in the round, their own before that of an attendee merged into them."""
    merged = Attendee.objects.filter(merged_into=attendee).values_list("pk", flat=True)
    cast = Ballot.objects.filter(round=round_, attendee__in=[attendee.pk, *merged], state__in=_STANDING)
    found = cast.select_related("entry__slot__artist")
    return min(found, key=lambda ballot: ballot.attendee_id != attendee.pk, default=None)


def _shown(event: Event, current: Round, scene: Scene, now: datetime) -> RoundShown:
    return RoundShown(
        label=current.title,
        clock=_clock(current, now) if scene is Scene.OPEN else None,
        withheld=withheld(facts_of(current, event), Audience.FAN),
        disputed=current.status == RoundStatus.DISPUTED,
        following=_following(event) if scene in {Scene.CLOSED, Scene.WAITING} else "",
    )


def _clock(round_: Round, now: datetime) -> Clock | None:
    if round_.closes_at is None or round_.opened_at is None:
        return None
    return Clock(round_.closes_at, now, int((round_.closes_at - round_.opened_at).total_seconds()))


def _following(event: Event) -> str:
    """When the next planned round opens, by the clock of the venue."""
    planned = Round.objects.filter(event=event, status=RoundStatus.PLANNED).order_by("number").first()
    if planned is None or planned.opens_at is None:
        return ""
    opens = {"round": planned.title, "time": clock(planned.opens_at, event.venue.timezone)}
    return _("%(round)s opens at %(time)s.") % opens


def _token(attendee: Attendee, round_: Round, now: datetime) -> str:
    """Good for as long as the night: whether the round is open is for the ballot box to say, however old the page is."""
    expires_at = max(attendee.event.ends_at, now + timedelta(seconds=settings.VOTING_TOKEN_SECONDS))
    return tokens.issue(attendee_id=attendee.pk, round_id=round_.pk, expires_at=expires_at)


def _counted(ballot: Ballot, chosen: str) -> Counted:
    assert ballot.entry is not None, "a constraint: what stands names an entry"
    artist = ballot.entry.slot.billed_as
    return Counted(
        artist=artist,
        receipt=ballot.receipt,
        in_review=ballot.state == BallotState.QUARANTINED,
        instead_of=chosen if chosen != artist else "",
    )


def _watch(visitor: Visitor, current: Round | None, now: datetime) -> Watch:
    """A personal link's holder goes on looking as long as the link does; whoever is signed in, as long as they are."""
    event, holder = visitor.event, Here() if visitor.by_link else visitor.actor.here
    address = f"/api/v1/events/{event.public_id}/leaderboard"
    if not opens_without_token(event, Audience.FAN):
        token, _expires_at = viewing_token(event, Audience.FAN, holder=holder, now=now)
        address = f"{address}?viewing={token}"
    return Watch(address=address, standing=f"{current.number}.{current.status}" if current else "")
