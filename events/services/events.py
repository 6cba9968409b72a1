"""What can be done to an event: made, edited, deleted, and moved along its life."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final, TypedDict

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.actors import Actor, platform
from accounts.policies import require_scope, require_verified, signed_in
from config.lib.cleaning import check_fields
from config.lib.constraints import broken_by
from config.lib.errors import Detail, Refusal, StaleVersion, ValidationError
from config.lib.public_ids import new_public_id
from events import keywords
from events.keywords import KeywordTaken
from events.life_cycle import EventIsOver, move
from events.models import Event, EventAccess, EventStatus, Venue
from events.policies import event_to_run
from events.querysets import EventQuerySet
from events.services import venues
from events.services.venues import NewVenue
from events.vote_rules import check_vote_config
from messaging.services.senders import platform_sender

MOST_TAGS: Final = 20
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
EDITABLE: Final = (EventStatus.DRAFT, EventStatus.PUBLISHED, EventStatus.LIVE)
_SLUG_LENGTH: Final = 90
_SUFFIX_LENGTH: Final = 5
_CLOCK_BATCH: Final = 100


class EventNotEditable(Refusal):
    status = 409
    message = _("This event is over or cancelled, so it stays as it is.")


class EventAlreadyPublished(Refusal):
    status = 409
    message = _("Only drafts can be deleted. Cancel this event instead.")


class EventChanges(TypedDict, total=False):
    """What an edit may change. `join_keyword` "" asks for one made from the title; `vote_config` is a raw document."""

    title: str
    description: str
    venue: Venue | NewVenue
    access: str
    starts_at: datetime
    ends_at: datetime
    doors_at: datetime | None
    join_keyword: str
    category: str
    tags: list[str]
    vote_config: dict[str, Any]


@transaction.atomic
def create(
    *,
    actor: Actor,
    title: str,
    venue: Venue | NewVenue,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    access: str = EventAccess.PUBLIC,
    description: str = "",
    doors_at: datetime | None = None,
    join_keyword: str = "",
    category: str = "",
    tags: Iterable[str] = (),
    vote_config: dict[str, Any] | None = None,
) -> Event:
    """A draft of the actor's, joined on the platform's number; without a keyword it gets one made from its title.

    Raises AuthRequired, InsufficientScope, ValidationError, VoteConfigInvalid, VoteRuleNotOffered, KeywordTaken.
    """
    require_scope(actor, "events:write")
    event = Event(owner=signed_in(actor), sender=platform_sender(), created_at=now, status_changed_at=now)
    given: EventChanges = {
        "title": title,
        "description": description,
        "venue": venue,
        "access": access,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "doors_at": doors_at,
        "category": category,
        "tags": list(tags),
        "vote_config": vote_config or {},
    }
    _apply(actor=actor, event=event, changes=given, now=now)
    event.slug = slugify(event.title)[:_SLUG_LENGTH] or event.public_id
    _store(event, _spellings(event, join_keyword))
    audit.record(actor=actor, action="event.create", subject=event, now=now)
    return event


@transaction.atomic
def edit(
    *, actor: Actor, public_id: str, changes: EventChanges, expected_version: int | None = None, now: datetime
) -> Event:
    """The event with these changes, one version on; without any it stays as it is.

    Raises what `event_to_run` and `create` raise, StaleVersion when `expected_version` is not the present one, and
    EventNotEditable once the event is over.
    """
    event = locked_event(actor=actor, public_id=public_id)
    if expected_version not in (None, event.version):
        raise StaleVersion
    if not changes:
        return event
    _apply(actor=actor, event=event, changes=changes, now=now)
    event.version += 1
    keyword = changes.get("join_keyword")
    _store(event, [event.join_keyword] if keyword is None else _spellings(event, keyword))
    audit.record(actor=actor, action="event.edit", subject=event, now=now, changed=sorted(changes))
    return event


@transaction.atomic
def delete(*, actor: Actor, public_id: str, now: datetime) -> None:
    """Delete a draft. Raises what `event_to_run` raises, EventAlreadyPublished."""
    event = event_to_run(actor, public_id)
    draft = Event.objects.select_for_update().filter(pk=event.pk, status=EventStatus.DRAFT).first()
    if draft is None:
        raise EventAlreadyPublished
    draft.delete()
    audit.record(actor=actor, action="event.delete", subject=event, now=now)


@transaction.atomic
def publish(*, actor: Actor, public_id: str, now: datetime) -> Event:
    """Raises what `event_to_run` raises, EmailUnverified, EventIsOver, EventCannotMove."""
    require_verified(actor)
    event = event_to_run(actor, public_id)
    _require_to_come(event, now)
    move(actor=actor, event=event, to=EventStatus.PUBLISHED, now=now)
    return event


@transaction.atomic
def go_live(*, actor: Actor, public_id: str, now: datetime) -> Event:
    """By hand, also before the start. Raises what `event_to_run` raises, EventIsOver, EventCannotMove."""
    event = event_to_run(actor, public_id)
    _require_to_come(event, now)
    move(actor=actor, event=event, to=EventStatus.LIVE, now=now)
    return event


@transaction.atomic
def close(*, actor: Actor, public_id: str, now: datetime) -> Event:
    """By hand, also before the end. Raises what `event_to_run` raises, EventCannotMove."""
    event = event_to_run(actor, public_id)
    move(actor=actor, event=event, to=EventStatus.CLOSED, now=now)
    return event


@transaction.atomic
def archive(*, actor: Actor, public_id: str, now: datetime) -> Event:
    """Raises what `event_to_run` raises, EventCannotMove."""
    event = event_to_run(actor, public_id)
    move(actor=actor, event=event, to=EventStatus.ARCHIVED, now=now)
    return event


@transaction.atomic
def cancel(*, actor: Actor, public_id: str, now: datetime) -> Event:
    """For good. Raises what `event_to_run` raises, EventCannotMove."""
    event = event_to_run(actor, public_id)
    move(actor=actor, event=event, to=EventStatus.CANCELLED, now=now)
    return event


def move_by_clock(*, now: datetime) -> int:
    """Take every due event its next step: live at its start, closed at its end, archived 30 days later. Counts the moves.

    Several clocks may run at once: each takes the rows no other has.
    """
    return (
        _move_due(Event.objects.due_to_go_live(now=now), EventStatus.LIVE, now)
        + _move_due(Event.objects.due_to_close(now=now), EventStatus.CLOSED, now)
        + _move_due(Event.objects.due_to_archive(now=now), EventStatus.ARCHIVED, now)
    )


def locked_event(*, actor: Actor, public_id: str) -> Event:
    """An event to change, its row locked in the caller's transaction. Raises what `event_to_run` raises, EventNotEditable."""
    rows = Event.objects.select_for_update(no_key=True, of=("self",)).select_related("venue", "sender", "owner")
    event = rows.get(pk=event_to_run(actor, public_id).pk)
    if event.status not in EDITABLE:
        raise EventNotEditable
    return event


def _move_due(due: EventQuerySet, to: EventStatus, now: datetime) -> int:
    moved = 0
    while True:
        with transaction.atomic():
            events = list(due.select_for_update(skip_locked=True, no_key=True).order_by("pk")[:_CLOCK_BATCH])
            for event in events:
                move(actor=platform(), event=event, to=to, now=now)
        moved += len(events)
        if len(events) < _CLOCK_BATCH:
            return moved


def _apply(*, actor: Actor, event: Event, changes: EventChanges, now: datetime) -> None:
    """Put the changes on the row, checked and normalised; the keyword is chosen when the row is stored."""
    plain = {name: value for name, value in changes.items() if name not in {"venue", "vote_config", "join_keyword"}}
    for name, value in plain.items():
        setattr(event, name, value)
    if "venue" in changes:
        place = changes["venue"]
        event.venue = place if isinstance(place, Venue) else venues.create(actor=actor, venue=place, now=now)
    if "vote_config" in changes:
        event.vote_config = check_vote_config(changes["vote_config"]).document()
    event.tags = list(dict.fromkeys(tag.strip().lower() for tag in event.tags if tag.strip()))
    event.title, event.category = event.title.strip(), event.category.strip().lower()
    check_fields(event, plain)
    if wrong := list(_wrong_together(event)):
        raise ValidationError(details=wrong)


def _wrong_together(event: Event) -> Iterator[Detail]:
    """What no field can tell alone."""
    for name in ("starts_at", "ends_at", "doors_at"):
        moment = getattr(event, name)
        if moment and not EARLIEST <= moment < LATEST:
            yield Detail(name, "out_of_range", _("Use a date between 2000 and 2100."))
    if event.ends_at <= event.starts_at:
        yield Detail("ends_at", "too_early", _("The event has to end after it starts."))
    if event.doors_at and event.doors_at > event.starts_at:
        yield Detail("doors_at", "too_late", _("Doors have to open before the event starts."))
    if len(event.tags) > MOST_TAGS:
        yield Detail("tags", "max_length", _("Use at most 20 tags."))


def _spellings(event: Event, wanted: str) -> Iterable[str]:
    return [keywords.checked(wanted)] if wanted.strip() else keywords.proposals(event.title)


def _store(event: Event, spellings: Iterable[str]) -> None:
    """Save with the first keyword that is free; the database decides which are. Raises KeywordTaken."""
    untried = iter(spellings)
    event.join_keyword = next(untried)
    while True:
        try:
            with transaction.atomic():
                event.save()
        except IntegrityError as error:
            match broken_by(error):
                case "event_keyword_once_per_number":
                    event.join_keyword = _next_keyword(untried)
                case "events_event_slug_key":
                    event.slug = f"{event.slug[:_SLUG_LENGTH]}-{new_public_id(_SUFFIX_LENGTH)}"
                case _:
                    raise
        else:
            return


def _next_keyword(untried: Iterator[str]) -> str:
    keyword = next(untried, None)
    if keyword is None:
        raise KeywordTaken(details=[Detail("join_keyword", "taken", KeywordTaken.message)])
    return keyword


def _require_to_come(event: Event, now: datetime) -> None:
    if event.ends_at <= now:
        raise EventIsOver
