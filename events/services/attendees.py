"""How people come to an event and leave it again.

Public events take anyone. Private and hybrid ones take whoever is on their list already: an attendee row of that phone,
mail address or account, as an import or a booking makes it, is the invitation.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.actors import Actor, Via
from accounts.policies import require_scope, signed_in
from config.lib.errors import InvalidToken, NotFound, Refusal, TokenExpired
from events import links
from events.models import Attendee, AttendeeSource, AttendeeStatus, Event, EventAccess
from events.persons import all_attendees
from events.policies import event_to_see
from events.querysets import JOINABLE_STATUSES
from events.services.identities import Identities, identities_of
from messaging.models import ConsentDecision, ConsentPurpose, ConsentSource
from messaging.services import consent

ONE_QUESTION_PER: Final = timedelta(hours=24)
# The wording people agree to; a new wording gets a new number.
_WORDING: Final = {ConsentSource.SMS: "join_ask.1", ConsentSource.WEB: "join_web.1", ConsentSource.API: "join_web.1"}
_SOURCE: Final = {Via.SMS: ConsentSource.SMS, Via.PAGE: ConsentSource.WEB, Via.API: ConsentSource.API}


class EventNotJoinable(Refusal):
    status = 409
    message = _("Nobody can join this event right now.")


class InvitationNeeded(Refusal):
    status = 403
    message = _("This event is by invitation only, and you are not on its list.")


class BadCode(Refusal):
    status = 403
    message = _("This link is not valid. Join again to get a new one.")


class NightNotShown(Refusal):
    status = 404
    message = _("This night is not shown at the moment.")


class CodeExpired(Refusal):
    status = 410
    message = _("This link has expired. The event is over.")


class AttendeeLeft(Refusal):
    status = 409
    message = _("You have left this event. Join again to come back.")


class Asked(StrEnum):
    """What a text that joins leads to."""

    NOW = "now"  # the question to confirm is due
    BEFORE = "before"  # it was asked today
    NOT_NEEDED = "not_needed"  # confirmed already
    NEVER = "never"  # not on the list of a private or hybrid event


class Joining(NamedTuple):
    asked: Asked
    attendee: Attendee | None


@transaction.atomic
def join_by_sms(*, actor: Actor, event: Event, phone_id: int, now: datetime) -> Joining:
    """Somebody texted the event's keyword: make them `pending`, and say whether the question to confirm is due.

    One question per event and day; whoever left is asked again. Joining again makes this the event a bare vote is for.
    """
    known = Attendee.objects.filter(event=event, phone=phone_id)
    if event.access != EventAccess.PUBLIC and not known.exists():
        return Joining(Asked.NEVER, None)
    row, is_new = Attendee.objects.get_or_create(
        event=event,
        phone_id=phone_id,
        defaults={"status": AttendeeStatus.PENDING, "source": AttendeeSource.SMS, "asked_at": now, "joined_at": now},
    )
    attendee = _locked(row)
    asked = Asked.NOW if is_new else _question(attendee, now)
    if asked is Asked.NOW:
        attendee.status, attendee.asked_at = AttendeeStatus.PENDING, now
        audit.record(actor=actor, action="attendee.join", subject=attendee, now=now, event=event.public_id)
    attendee.joined_at = now
    attendee.save(update_fields=["status", "asked_at", "joined_at"])
    return Joining(asked, attendee)


@transaction.atomic
def confirm_by_sms(*, actor: Actor, phone_id: int, inbound_id: int, now: datetime) -> Attendee | None:
    """Somebody texted YES: confirm the newest attendee this phone is waiting with; None where there is none."""
    waiting = Attendee.objects.waiting_for_yes().filter(Q(phone=phone_id) | Q(merged__phone=phone_id))
    newest = waiting.order_by("-joined_at", "-pk").first()
    if newest is None:
        return None
    attendee = _locked(newest)
    if attendee.status == AttendeeStatus.PENDING:
        _confirm(actor=actor, attendee=attendee, address_id=phone_id, inbound_id=inbound_id, now=now)
    return attendee


@transaction.atomic
def leave_by_sms(*, actor: Actor, keyword: str, phone_id: int, inbound_id: int, now: datetime) -> Attendee | None:
    """Somebody texted LEAVE and a keyword: the attendee of this phone that they mean, who has left now; else None.

    Also where the event is over. Keywords come back after a while; then the one joined last is meant.
    """
    known = Attendee.objects.filter(phone=phone_id, event__join_keyword=keyword)
    meant = known.order_by(F("joined_at").desc(nulls_last=True), "-pk").first()
    if meant is None:
        return None
    attendee = _locked(meant)
    if attendee.status != AttendeeStatus.LEFT:
        attendee.status = AttendeeStatus.LEFT
        attendee.save(update_fields=["status"])
        _record_consent(
            actor=actor,
            attendee=attendee,
            decision=ConsentDecision.WITHDRAWN,
            address_id=phone_id,
            inbound_id=inbound_id,
            now=now,
        )
        audit.record(actor=actor, action="attendee.leave", subject=attendee, now=now, event=attendee.event.public_id)
    return attendee


@transaction.atomic
def join_signed_in(*, actor: Actor, public_id: str, now: datetime) -> Attendee:
    """The signed-in user joins from web or app and is confirmed at once, with the verified phone and mail address.

    Whoever is known at the event by one of them stays one attendee: the youngest of several leaves, merged into the
    oldest. Raises AuthRequired, InsufficientScope, NotFound, EventNotJoinable, InvitationNeeded.
    """
    require_scope(actor, "events:join")
    event = event_to_see(actor, public_id)
    if event.status not in JOINABLE_STATUSES or event.held_at:
        raise EventNotJoinable
    person = identities_of(signed_in(actor))
    attendee = _one_attendee(event, person, _source(actor), now)
    was_confirmed = attendee.status == AttendeeStatus.CONFIRMED
    attendee.joined_at = now
    attendee.save(update_fields=["joined_at"])
    if not was_confirmed:
        _confirm(actor=actor, attendee=attendee, address_id=person.address_id, now=now)
    return attendee


@transaction.atomic
def leave_signed_in(*, actor: Actor, slug: str, now: datetime) -> Event:
    """The signed-in person leaves the event, as everyone they are there; returns it. Leaving again changes nothing.

    Messages about it end on every address of theirs that it knows. Also where the event is over, and where its page is
    hidden from them. Raises AuthRequired, InsufficientScope, NotFound where they never joined.
    """
    require_scope(actor, "events:join")
    mine = Attendee.objects.filter(event__slug=slug, pk__in=all_attendees(signed_in(actor)).values("pk"))
    rows = list(mine.select_for_update(no_key=True, of=("self",)).select_related("event").order_by("pk"))
    if not rows:
        raise NotFound
    standing = [row for row in rows if row.status != AttendeeStatus.LEFT]
    for attendee in standing:
        attendee.status = AttendeeStatus.LEFT
        attendee.save(update_fields=["status"])
        event = attendee.event
        audit.record(actor=actor, action="attendee.leave", subject=attendee, now=now, event=event.public_id)
    if standing:
        for address_id in sorted({pk for row in rows for pk in (row.phone_id, row.email_id) if pk}):
            _record_consent(
                actor=actor,
                attendee=rows[0],
                decision=ConsentDecision.WITHDRAWN,
                address_id=address_id,
                inbound_id=None,
                now=now,
            )
    return rows[0].event


@transaction.atomic
def confirm(*, actor: Actor, code: str, attendee_id: str | None = None, now: datetime) -> Attendee:
    """Confirm by the code of the personal link; the code is the authority, and works again.

    Raises BadCode, CodeExpired, NightNotShown, AttendeeLeft, EventNotJoinable.
    """
    attendee = _locked(attendee_of_code(code=code, attendee_id=attendee_id, now=now))
    if attendee.status == AttendeeStatus.LEFT:
        raise AttendeeLeft
    if attendee.status == AttendeeStatus.PENDING:
        if attendee.event.status not in JOINABLE_STATUSES:
            raise EventNotJoinable
        _confirm(actor=actor, attendee=attendee, address_id=attendee.phone_id or attendee.email_id, now=now)
    return attendee


def attendee_of_code(
    *, code: str, now: datetime, purpose: str = links.PURPOSE, attendee_id: str | None = None
) -> Attendee:
    """Whose personal link it is, or whom they were merged into, with event, venue and sender. One query.

    `purpose` is what the link was signed for; with `attendee_id` (public) it must be theirs. Raises BadCode, CodeExpired,
    NightNotShown while moderation holds the event.
    """
    try:
        named = Attendee.objects.filter(pk=links.attendee_id_of(code, purpose=purpose, now=now))
    except InvalidToken as error:
        raise BadCode from error
    except TokenExpired as error:
        raise CodeExpired from error
    if attendee_id is not None:
        named = named.filter(public_id=attendee_id)
    found = named.select_related("event__venue", "event__sender", "merged_into").first()
    if found is None:
        raise BadCode
    if found.event.held_at:
        raise NightNotShown
    attendee = found.merged_into or found
    attendee.event = found.event
    return attendee


def _locked(attendee: Attendee) -> Attendee:
    """The attendee with its event, or whom it was merged into; the row locked in the caller's transaction."""
    rows = Attendee.objects.select_for_update(no_key=True, of=("self",)).select_related("event")
    return rows.get(pk=attendee.merged_into_id or attendee.pk)


def _question(attendee: Attendee, now: datetime) -> Asked:
    if attendee.status == AttendeeStatus.CONFIRMED:
        return Asked.NOT_NEEDED
    asked_today = attendee.asked_at is not None and attendee.asked_at > now - ONE_QUESTION_PER
    return Asked.BEFORE if attendee.status == AttendeeStatus.PENDING and asked_today else Asked.NOW


def _confirm(
    *, actor: Actor, attendee: Attendee, address_id: int | None, now: datetime, inbound_id: int | None = None
) -> None:
    attendee.status, attendee.confirmed_at = AttendeeStatus.CONFIRMED, now
    attendee.save(update_fields=["status", "confirmed_at"])
    if address_id is not None:
        _record_consent(
            actor=actor,
            attendee=attendee,
            decision=ConsentDecision.GRANTED,
            address_id=address_id,
            inbound_id=inbound_id,
            now=now,
        )
    audit.record(actor=actor, action="attendee.confirm", subject=attendee, now=now, event=attendee.event.public_id)


def _record_consent(
    *,
    actor: Actor,
    attendee: Attendee,
    decision: ConsentDecision,
    address_id: int,
    inbound_id: int | None,
    now: datetime,
) -> None:
    source = _SOURCE.get(actor.via, ConsentSource.ADMIN)
    consent.record(
        address=address_id,
        sender=attendee.event.sender_id,
        decision=decision,
        purpose=ConsentPurpose.EVENT,
        topic=attendee.event.topic,
        source=source,
        text_version=_WORDING.get(source, ""),
        inbound=inbound_id,
        now=now,
    )


def _source(actor: Actor) -> AttendeeSource:
    return AttendeeSource.API if actor.via is Via.API else AttendeeSource.WEB


def _one_attendee(event: Event, person: Identities, source: AttendeeSource, now: datetime) -> Attendee:
    """The one attendee this person is at the event, locked; made, completed or merged as needed."""
    try:
        with transaction.atomic():
            return _settled(event, person, source, now)
    except IntegrityError:
        # The same person joined another way in between; now their row is there to be found.
        return _settled(event, person, source, now)


def _settled(event: Event, person: Identities, source: AttendeeSource, now: datetime) -> Attendee:
    rows = Attendee.objects.select_for_update(no_key=True, of=("self",)).select_related("event")
    found = list(rows.filter(person.at(event)).order_by("pk"))
    standing = [attendee for attendee in found if attendee.merged_into_id is None]
    if not standing:
        if event.access != EventAccess.PUBLIC:
            raise InvitationNeeded
        return Attendee.objects.create(
            event=event, status=AttendeeStatus.PENDING, source=source, joined_at=now, **person.columns()
        )
    oldest, *younger = standing
    for attendee in younger:
        Attendee.objects.filter(Q(pk=attendee.pk) | Q(merged_into=attendee)).update(
            status=AttendeeStatus.LEFT, merged_into=oldest
        )
    person.complete(oldest, found)
    return oldest
