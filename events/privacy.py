"""What events hold about people: where they were, and what they organized."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.audit import forget_whereabouts
from accounts.models import User
from accounts.personal_data import PersonalData, Retention, Row, Section, Words, register
from accounts.persons import Person
from accounts.services.nobody import nobody
from config.lib.rows import in_pieces
from events.models import (
    Attendee,
    AttendeeImport,
    AttendeeStatus,
    Event,
    EventStaff,
    EventStatus,
    ImportStatus,
    InviteStatus,
    Slot,
    Venue,
)
from events.persons import attendees_of
from messaging.models import Address

_AHEAD = (EventStatus.PUBLISHED, EventStatus.LIVE)
_AT_AN_EVENT = ("event__title", "event__slug", "event__starts_at")


def _attendances(person: Person) -> Iterable[Row]:
    own = ("public_id", "status", "source", "asked_at", "joined_at", "confirmed_at", "phone__value", "email__value")
    return in_pieces(attendees_of(person), *_AT_AN_EVENT, *own)


def _organized(person: Person) -> Iterable[Row]:
    mine = Event.objects.filter(owner=person.user)
    return in_pieces(mine, "public_id", "slug", "title", "description", "status", "starts_at", "ends_at", "created_at")


def _worked_on(person: Person) -> Iterable[Row]:
    return in_pieces(EventStaff.objects.filter(user=person.user), *_AT_AN_EVENT, "role")


def _venues(person: Person) -> Iterable[Row]:
    return in_pieces(Venue.objects.filter(owner=person.user), "name", "street", "city", "country", "timezone")


def _imports(person: Person) -> Iterable[Row]:
    """Without the files: they are about others."""
    mine = AttendeeImport.objects.filter(uploaded_by=person.user)
    return in_pieces(mine, "event__title", "file_name", "rows", "added", "created_at")


def hindrances(person: Person) -> Iterable[Words]:
    """Whoever announced a night owes it to those who come: it is over or called off before its organizer is forgotten."""
    ahead = Event.objects.filter(owner=person.user, status__in=_AHEAD).order_by("starts_at")
    for title in ahead.values_list("title", flat=True)[:10]:
        yield format_lazy(_("{title} is still to come. Close it or cancel it first."), title=title)


def leave_everywhere(person: Person) -> QuerySet[Attendee]:
    """They are at no event from now on, so that no link or token still out there votes. Returns who they were."""
    mine = attendees_of(person)
    mine.exclude(status=AttendeeStatus.LEFT).update(status=AttendeeStatus.LEFT)
    return mine


def forget(person: Person, now: datetime) -> None:
    """Attendees stay, with nobody behind them; drafts go; what was public stays, and is nobody's."""
    mine = leave_everywhere(person)
    forget_whereabouts("events.attendee", list(mine.values_list("public_id", flat=True)))
    addresses = list(Address.objects.of(person).values_list("pk", flat=True))
    ids = list(mine.values_list("pk", flat=True))
    Attendee.objects.filter(pk__in=ids, user=person.user).update(user=None)
    Attendee.objects.filter(pk__in=ids, phone__in=addresses).update(phone=None)
    Attendee.objects.filter(pk__in=ids, email__in=addresses).update(email=None)
    _withdraw_from_stages(person)
    _hand_over(person.user)


def _withdraw_from_stages(person: Person) -> None:
    coming = Slot.objects.filter(artist__owner=person.user, event__status__in=[EventStatus.DRAFT, *_AHEAD])
    coming.update(invite_status=InviteStatus.WITHDRAWN)


def _hand_over(user: User) -> None:
    EventStaff.objects.filter(user=user).delete()
    AttendeeImport.objects.filter(uploaded_by=user).exclude(status=ImportStatus.RUNNING).delete()
    Event.objects.filter(owner=user, status=EventStatus.DRAFT).delete()
    Event.objects.filter(owner=user).update(owner=nobody())
    unused = Venue.objects.filter(owner=user).exclude(pk__in=Event.objects.values("venue"))
    unused.delete()
    Venue.objects.filter(owner=user).update(owner=None)


def _old_imports(before: datetime) -> QuerySet[AttendeeImport]:
    return AttendeeImport.objects.filter(created_at__lt=before).exclude(status=ImportStatus.RUNNING)


register(
    PersonalData(
        app="events",
        personal={
            "events.Attendee": ["phone", "email", "user"],
            "events.Event": ["owner", "description"],
            "events.EventStaff": ["user"],
            "events.Venue": ["owner", "street"],
            "events.AttendeeImport": ["uploaded_by", "file", "file_name"],
        },
        not_personal={
            "events.Event": {
                "title": "what a night is called, as it was announced",
                "vote_config": "rules of voting, a validated document",
            },
            "events.Venue": {"name": "a place with a stage", "city": "where the place is"},
            "events.Attendee": {"merged_into": "one attendee and another; neither names anybody once forgotten"},
        },
        sections=(
            Section("nights", _("Nights you joined"), _attendances),
            Section("organized", _("Nights you organized"), _organized),
            Section("worked_on", _("Nights you worked on"), _worked_on),
            Section("venues", _("Your venues"), _venues),
            Section("lists", _("Lists you uploaded"), _imports),
        ),
        forget=forget,
        goes=(_("Your name on the list of every night"), _("Nights you drafted, lists you uploaded")),
        stays=(
            _("That somebody was at a night, so that its figures stay right"),
            _("Nights you organized that are over, without you"),
        ),
        retention=(
            Retention(
                key="lists",
                what=_("Lists of people that organizers uploaded"),
                setting="RETENTION_IMPORTS_DAYS",
                due=_old_imports,
            ),
        ),
        hindrances=hindrances,
    )
)
