"""The nights somebody joined, as their own page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from config.lib.errors import NotFound
from config.lib.pagination import page_or_first
from events import links
from events.listings import Listing, State, listing_of
from events.models import Attendee, AttendeeStatus, EventAccess, EventStatus
from events.persons import one_per_event
from events.querysets import OVER_STATUSES, PUBLIC_STATUSES, UPCOMING_STATUSES

_MOST_AHEAD: Final = 50  # nobody joins more nights than that before the first of them
_PAGE: Final = 10
_LATEST: Final = ("-starts_at", "-id")

_IN: Final = State(_("You are in"), "good")
_INVITED: Final = State(_("You are invited"), "warn")
_ASKED: Final = State(_("Waiting for your yes"), "warn")
_LEFT: Final = State(_("You left"), "quiet")
_WAS_IN: Final = State(_("You were part of it"), "quiet")
_NEVER_SAID_YES: Final = State(_("You never said yes"), "quiet")


class Step(StrEnum):
    """What there is to do next."""

    CONFIRM = "confirm"
    VOTE = "vote"
    RECAP = "recap"
    COME_BACK = "come_back"
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True, slots=True)
class MyNight:
    """`standing` is what the person is at the night, in words, or that it is called off; `href` leads to it, `confirm_href` to the question."""

    night: Listing
    slug: str
    standing: State
    step: Step
    href: str
    confirm_href: str
    may_leave: bool
    is_tonight: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class MyNights:
    """`following` and `previous` are cursors of the pages beside this one of the nights before, "" at the ends."""

    tonight: Sequence[MyNight]
    to_come: Sequence[MyNight]
    before: Sequence[MyNight]
    following: str
    previous: str

    @property
    def are_none(self) -> bool:
        return not (self.tonight or self.to_come or self.before)


class Leaving(NamedTuple):
    """A night to leave; `left` once that is done."""

    night: Listing
    left: bool


def leaving_of(user: User, slug: str, *, now: datetime) -> Leaving:
    """The night with this address, if the user is at it. Raises NotFound. One query."""
    seen = one_per_event(user).filter(event__slug=slug, event__held_at=None, event__status__in=PUBLIC_STATUSES)
    attendee = seen.select_related("event__venue").first()
    if attendee is None:
        raise NotFound
    return Leaving(listing_of(attendee.event, now=now), attendee.status == AttendeeStatus.LEFT)


def my_nights_of(user: User, *, cursor: str, now: datetime) -> MyNights:
    """Each night once, in two queries; a cursor that is not one of ours begins at the latest."""
    seen = (
        one_per_event(user)
        .filter(event__held_at=None, event__status__in=PUBLIC_STATUSES)
        .select_related("event__venue")
    )
    is_ahead = Q(event__status__in=UPCOMING_STATUSES) | Q(event__status=EventStatus.CANCELLED, event__ends_at__gt=now)
    ahead = seen.filter(is_ahead).order_by("event__starts_at", "pk")[:_MOST_AHEAD]
    coming = [_my_night(attendee, now) for attendee in ahead]
    invited = Q(status=AttendeeStatus.PENDING, joined_at=None)  # and nothing came of it
    past = seen.exclude(is_ahead | invited).annotate(starts_at=F("event__starts_at"))
    page = page_or_first(past, ordering=_LATEST, cursor=cursor, limit=_PAGE)
    return MyNights(
        tonight=[night for night in coming if night.is_tonight],
        to_come=[night for night in coming if not night.is_tonight],
        before=[_my_night(attendee, now) for attendee in page.rows],
        following=page.next or "",
        previous=page.previous or "",
    )


def _my_night(attendee: Attendee, now: datetime) -> MyNight:
    event, night = attendee.event, listing_of(attendee.event, now=now)
    is_ahead = event.status in UPCOMING_STATUSES
    confirm_href = reverse("event-pages:confirm", args=[links.confirm_code(attendee)]) if is_ahead else ""
    is_hidden = event.access == EventAccess.PRIVATE and not attendee.under_account  # type: ignore[attr-defined]  # annotated by `one_per_event`
    return MyNight(
        night=night,
        slug=event.slug,
        standing=night.state if night.state and night.state.kind == "bad" else _standing(attendee, is_ahead=is_ahead),
        step=_step(attendee, is_hidden=is_hidden),
        href=confirm_href if is_hidden else night.href,
        confirm_href=confirm_href,
        may_leave=is_ahead and attendee.status != AttendeeStatus.LEFT and attendee.joined_at is not None,
        is_tonight=is_ahead and night.state is not None,
    )


def _standing(attendee: Attendee, *, is_ahead: bool) -> State:
    match attendee.status:
        case AttendeeStatus.LEFT:
            return _LEFT
        case AttendeeStatus.CONFIRMED:
            return _IN if is_ahead else _WAS_IN
    if not is_ahead:
        return _NEVER_SAID_YES
    return _INVITED if attendee.joined_at is None else _ASKED


def _step(attendee: Attendee, *, is_hidden: bool) -> Step:
    status = attendee.event.status
    match attendee.status:
        case AttendeeStatus.PENDING if status in UPCOMING_STATUSES:
            return Step.CONFIRM
        case AttendeeStatus.LEFT if status in UPCOMING_STATUSES and not is_hidden:
            return Step.COME_BACK
        case AttendeeStatus.CONFIRMED if status == EventStatus.LIVE:
            return Step.NOTHING if is_hidden else Step.VOTE
        case AttendeeStatus.CONFIRMED if status in OVER_STATUSES and not is_hidden:
            return Step.RECAP
    return Step.NOTHING
