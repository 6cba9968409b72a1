"""The line-up: who plays, under which number.

A ballot number is given once. It stays with its artist through withdrawal, refusal and a second invitation, and nobody
else ever gets it: fans would vote for the wrong act.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.actors import Actor
from accounts.policies import require_scope, require_verified, sees_everything, signed_in
from artists.models import Artist
from artists.services import profiles
from config.lib.cleaning import check_fields
from config.lib.errors import Detail, NotFound, Refusal, ValidationError
from events.models import Event, InviteStatus, Slot
from events.services.events import locked_event
from events.services.invitations import send_invitation
from messaging.models import Channel
from messaging.services.addresses import address_for

MOST_SLOTS: Final = 100

# where to: from where
MOVES: Final[dict[InviteStatus, frozenset[InviteStatus]]] = {
    InviteStatus.PENDING: frozenset({InviteStatus.DECLINED, InviteStatus.WITHDRAWN}),
    InviteStatus.ACCEPTED: frozenset({InviteStatus.PENDING}),
    InviteStatus.DECLINED: frozenset({InviteStatus.PENDING, InviteStatus.ACCEPTED}),
    InviteStatus.WITHDRAWN: frozenset({InviteStatus.PENDING, InviteStatus.ACCEPTED, InviteStatus.DECLINED}),
}
_ACTIONS: Final = {
    InviteStatus.PENDING: "slot.invite",
    InviteStatus.ACCEPTED: "slot.accept",
    InviteStatus.DECLINED: "slot.decline",
    InviteStatus.WITHDRAWN: "slot.withdraw",
}


class SlotCannotMove(Refusal):
    status = 409
    message = gettext_lazy("This place in the line-up cannot take that step from where it stands.")


class LineUpFull(Refusal):
    status = 409
    message = gettext_lazy("This line-up has had 100 artists, which is the most it can hold.")


@dataclass(frozen=True, slots=True)
class NewArtist:
    """Somebody who has no profile yet; with an `email` they are written to."""

    name: str
    email: str = ""


@transaction.atomic
def invite(
    *, actor: Actor, public_id: str, artist: str | NewArtist, set_at: datetime | None = None, now: datetime
) -> Slot:
    """Put an artist (public id, or somebody new) on the line-up of the event, and write to them where we can.

    Raises what `locked_event` raises, ValidationError for an artist that is not there, LineUpFull, SlotCannotMove for
    one who is on the line-up; NotAMailAddress, ChannelNotOffered and EmailUnverified (of the organizer) with an `email`.
    """
    event = locked_event(actor=actor, public_id=public_id)
    performer = _new_artist(actor, artist, now) if isinstance(artist, NewArtist) else _known_artist(artist)
    slot = Slot.objects.filter(event=event, artist=performer).first()
    if slot:
        _move(actor=actor, slot=slot, to=InviteStatus.PENDING, now=now)
    else:
        slot = _new_slot(actor, event, performer, now)
    if set_at is not None:
        slot.set_at = set_at
        slot.save(update_fields=["set_at"])
    _touch(event)
    send_invitation(slot=slot, now=now)
    return slot


@transaction.atomic
def remove(*, actor: Actor, public_id: str, artist_id: str, now: datetime) -> None:
    """Take an artist off the ballot; the number stays theirs. Raises what `locked_event` raises, NotFound, SlotCannotMove."""
    event = locked_event(actor=actor, public_id=public_id)
    slot = _slot_of(event.public_id, artist_id)
    _move(actor=actor, slot=slot, to=InviteStatus.WITHDRAWN, now=now)
    _touch(event)


@transaction.atomic
def arrange(
    *, actor: Actor, public_id: str, artist_id: str, position: int, set_at: datetime | None, now: datetime
) -> Slot:
    """Give an artist a place in the running order, counted from 1, and a time on stage. The ballot number stays.

    Raises what `locked_event` raises, NotFound, ValidationError.
    """
    event = locked_event(actor=actor, public_id=public_id)
    slot = _slot_of(event.public_id, artist_id)
    slot.position, slot.set_at = position, set_at
    check_fields(slot, ("position", "set_at"))
    slot.save(update_fields=["position", "set_at"])
    _touch(event)
    audit.record(actor=actor, action="slot.arrange", subject=event, now=now, artist=artist_id, position=position)
    return slot


@transaction.atomic
def accept(*, actor: Actor, public_id: str, artist_id: str, now: datetime) -> Slot:
    """The artist's owner says yes. Raises AuthRequired, InsufficientScope, NotFound, SlotCannotMove."""
    return _respond(actor=actor, public_id=public_id, artist_id=artist_id, to=InviteStatus.ACCEPTED, now=now)


@transaction.atomic
def decline(*, actor: Actor, public_id: str, artist_id: str, now: datetime) -> Slot:
    """The artist's owner says no, also after a yes. Raises AuthRequired, InsufficientScope, NotFound, SlotCannotMove."""
    return _respond(actor=actor, public_id=public_id, artist_id=artist_id, to=InviteStatus.DECLINED, now=now)


def _respond(*, actor: Actor, public_id: str, artist_id: str, to: InviteStatus, now: datetime) -> Slot:
    require_scope(actor, "artists:write")
    slot = _slot_of(public_id, artist_id)
    if not sees_everything(actor) and slot.artist.owner_id != signed_in(actor).pk:
        raise NotFound
    _move(actor=actor, slot=slot, to=to, now=now)
    _touch(slot.event)
    return slot


def _move(*, actor: Actor, slot: Slot, to: InviteStatus, now: datetime) -> None:
    """One conditional update, so of two answers at once one wins. Raises SlotCannotMove."""
    moved = Slot.objects.filter(pk=slot.pk, invite_status__in=MOVES[to]).update(invite_status=to)
    slot.refresh_from_db(fields=["invite_status"])
    if not moved:
        present = InviteStatus(slot.invite_status)
        words = {"present": str(present.label).lower(), "wanted": str(to.label).lower()}
        sentence = _("This artist is already %(present)s, so they cannot become %(wanted)s.") % words
        raise SlotCannotMove(sentence, details=[Detail("invite_status", present.value, sentence)])
    _audit(actor, slot, to, now)


def _new_slot(actor: Actor, event: Event, performer: Artist, now: datetime) -> Slot:
    """A slot under the next number. The event's row is locked, so nobody else counts at the same moment."""
    highest = event.lineup.aggregate(number=Max("ballot_number"), position=Max("position"))
    number = (highest["number"] or 0) + 1
    if number > MOST_SLOTS:
        raise LineUpFull
    slot = Slot.objects.create(
        event=event, artist=performer, ballot_number=number, position=(highest["position"] or 0) + 1
    )
    _audit(actor, slot, InviteStatus.PENDING, now)
    return slot


def _new_artist(actor: Actor, artist: NewArtist, now: datetime) -> Artist:
    if not artist.email:
        return profiles.create(actor=actor, name=artist.name, now=now)
    require_verified(actor)
    contact = address_for(channel=Channel.EMAIL, value=artist.email)
    return profiles.create(actor=actor, name=artist.name, contact=contact, now=now)


def _known_artist(artist_id: str) -> Artist:
    artist = Artist.objects.listed().filter(public_id=artist_id).first()
    if artist is None:
        raise ValidationError(details=[Detail("artist", "does_not_exist", _("There is no such artist."))])
    return artist


def _slot_of(event_id: str, artist_id: str) -> Slot:
    slot = Slot.objects.select_related("artist", "event").filter(event__public_id=event_id, artist__public_id=artist_id)
    found = slot.first()
    if found is None:
        raise NotFound
    return found


def _touch(event: Event) -> None:
    """The line-up is part of what the event's answers show, so its version moves with it."""
    Event.objects.filter(pk=event.pk).update(version=F("version") + 1)


def _audit(actor: Actor, slot: Slot, status: InviteStatus, now: datetime) -> None:
    facts = {"artist": slot.artist.public_id, "ballot_number": slot.ballot_number}
    audit.record(actor=actor, action=_ACTIONS[status], subject=slot.event, now=now, **facts)
