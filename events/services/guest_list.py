"""The list of an event as its organizer keeps it: people put on it by hand or from a file, and taken off it again.

Being on the list is an invitation and no agreement. Whoever is put there is `pending`, has not joined, was asked nothing and
has consented to nothing, so no text goes to them and a YES of theirs means some other event; the organizer invites them as
they always have. They come in as everybody does: by text (and YES), signed in, or by a booking, which for private and
hybrid events only those on the list can (docs/adr: "Imported people are invited").
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.actors import Actor
from config.lib.errors import Detail, NotFound, Refusal, ValidationError
from events.attendee_csv import Person
from events.models import Attendee, AttendeeSource, AttendeeStatus, Event, EventStatus
from events.policies import attendees_run_by, event_to_run
from messaging.models import Channel
from messaging.services.addresses import address_for, addresses_for, phone_number

OPEN_FOR: Final = (EventStatus.DRAFT, EventStatus.PUBLISHED, EventStatus.LIVE)
_AT_ONCE: Final = 2_000


class ListClosed(Refusal):
    status = 409
    message = _("This event is over or cancelled, so nobody can be put on its list.")


class AlreadyOnTheList(Refusal):
    status = 409
    message = _("This person is on the list already.")


@transaction.atomic
def invite(*, actor: Actor, public_id: str, phone: str = "", email: str = "", now: datetime) -> Attendee:
    """Put one person on the list; a phone without country code is of the venue's country.

    Raises what `event_to_run` raises, ListClosed, ValidationError, NotAPhoneNumber, NotAMailAddress, AlreadyOnTheList.
    """
    event = event_to_fill(actor=actor, public_id=public_id)
    if not phone and not email:
        raise ValidationError(details=[Detail("phone", "required", _("Give a phone number or an e-mail address."))])
    number = phone_number(value=phone, country=event.venue.country) if phone else ""
    person = Person(
        line=0,
        phone=address_for(channel=Channel.SMS, value=number).value if number else "",
        email=address_for(channel=Channel.EMAIL, value=email).value if email else "",
    )
    if not put_on_list(event=event, people=[person]):
        raise AlreadyOnTheList
    attendee = _at(event, person)
    audit.record(actor=actor, action="attendee.invite", subject=attendee, now=now, event=public_id)
    return attendee


@transaction.atomic
def take_off(*, actor: Actor, attendee_id: str, now: datetime) -> Attendee:
    """The attendee with this public id has left; again, it changes nothing. Their votes stay, as after leaving by text.

    Raises AuthRequired, InsufficientScope, NotFound.
    """
    mine = attendees_run_by(actor).select_for_update(no_key=True, of=("self",)).select_related("event")
    attendee = mine.filter(public_id=attendee_id).first()
    if attendee is None:
        raise NotFound
    if attendee.status != AttendeeStatus.LEFT:
        attendee.status = AttendeeStatus.LEFT
        attendee.save(update_fields=["status"])
        audit.record(actor=actor, action="attendee.remove", subject=attendee, now=now, event=attendee.event.public_id)
    return attendee


def event_to_fill(*, actor: Actor, public_id: str) -> Event:
    """An event whose list may still grow. Raises what `event_to_run` raises, ListClosed."""
    event = event_to_run(actor, public_id)
    if event.status not in OPEN_FOR:
        raise ListClosed
    return event


def newcomers(*, event: Event, people: Sequence[Person]) -> Iterator[Person]:
    """Those who are not at the event under either address, each once: who comes twice is meant once."""
    phones = _values_at(event, "phone", [person.phone for person in people if person.phone])
    emails = _values_at(event, "email", [person.email for person in people if person.email])
    for person in people:
        if person.phone in phones or person.email in emails:
            continue
        phones.update(filter(None, [person.phone]))
        emails.update(filter(None, [person.email]))
        yield person


def put_on_list(*, event: Event, people: Sequence[Person]) -> int:
    """Make attendees of the newcomers, in the caller's transaction, and count them; the same again adds nobody.

    Who joins by themselves at the same moment keeps the row they made: the database lets nobody be there twice.
    """
    fresh = list(newcomers(event=event, people=people))
    phones = addresses_for(channel=Channel.SMS, values=[person.phone for person in fresh if person.phone])
    emails = addresses_for(channel=Channel.EMAIL, values=[person.email for person in fresh if person.email])
    rows = [
        Attendee(
            event=event,
            phone_id=phones.get(person.phone),
            email_id=emails.get(person.email),
            status=AttendeeStatus.PENDING,
            source=AttendeeSource.IMPORT,
        )
        for person in fresh
    ]
    Attendee.objects.bulk_create(rows, ignore_conflicts=True)
    return Attendee.objects.filter(event=event, public_id__in=[row.public_id for row in rows]).count()


def _values_at(event: Event, kind: str, values: Sequence[str]) -> set[str]:
    """Which of the addresses belong to somebody at the event."""
    found: set[str] = set()
    for first in range(0, len(values), _AT_ONCE):
        rows = Attendee.objects.filter(event=event, **{f"{kind}__value__in": values[first : first + _AT_ONCE]})
        found.update(rows.values_list(f"{kind}__value", flat=True))
    return found


def _at(event: Event, person: Person) -> Attendee:
    by_phone = Q(phone__channel=Channel.SMS, phone__value=person.phone) if person.phone else Q()
    by_email = Q(email__channel=Channel.EMAIL, email__value=person.email) if person.email else Q()
    return Attendee.objects.select_related("event").get(by_phone & by_email, event=event)
