"""Somebody known in every way there is, by words that are found nowhere else; and where such words are found."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import time_machine
from django.db import connection

from accounts import audit
from accounts.actors import Actor, Via
from accounts.models import (
    Erasure,
    IdempotencyKey,
    User,
)
from accounts.services import erasures
from accounts.services.clients import open_client
from accounts.services.signing_up import sign_up
from accounts.tests.factories import PASSWORD, UserFactory, confirm_email
from config.lib import redis
from events.models import Attendee, AttendeeSource, Event
from messaging import delivery
from messaging.models import (
    Address,
    Channel,
    ConsentDecision,
    ConsentPurpose,
    ConsentSource,
    DeliveryEvent,
    Lane,
    Purpose,
)
from messaging.services import consent, outbox, replies
from messaging.services.addresses import address_for
from messaging.tests.factories import InboundFactory, SenderFactory, sent, submitting
from voting.models import Ballot, Tally
from voting.tests.factories import opened

EMAIL: Final = "zebulon.quist@marker.test"
NAME: Final = "Zebulon Quist"
PHONE: Final = "+14155550987"
IP: Final = "203.0.113.77"
AGENT: Final = "MarkerBrowser/7.1"
WORDS: Final = "my cat is called Wumpus"
MARKERS: Final = (EMAIL, "zebulon", "Quist", PHONE, "4155550987", IP, AGENT, "Wumpus")


@dataclass
class Known:
    """A fan known in every way there is, and somebody else who was there too."""

    user: User
    other: User
    actor: Actor
    ballot: Ballot
    phone: Address
    mailbox: Address
    attendee: Attendee


def acting(user: User) -> Actor:
    return Actor(via=Via.PAGE, user=user, address=IP, user_agent=AGENT)


def make_known(now: datetime) -> Known:
    """Zebulon Quist, who did everything."""
    user = sign_up(
        actor=Actor(via=Via.PAGE, address=IP, user_agent=AGENT), email=EMAIL, password=PASSWORD, name=NAME, now=now
    )
    confirm_email(user)
    User.objects.filter(pk=user.pk).update(phone=PHONE, phone_verified_at=now)
    user.refresh_from_db()
    other = confirm_email(UserFactory.create(name="Somebody Else"))
    actor = acting(user)
    open_client(actor=actor, user=user, now=now)
    audit.record(actor=actor, action="user.log_in", subject=user, now=now)
    IdempotencyKey.objects.create(
        principal=f"user:{user.pk}", key="k", fingerprint="f", answer={"email": EMAIL}, created_at=now
    )
    return _at_a_night(user, other, actor, now)


def _at_a_night(user: User, other: User, actor: Actor, now: datetime) -> Known:
    round_, entries = opened()
    phone = address_for(channel=Channel.SMS, value=PHONE, user=user)
    mailbox = address_for(channel=Channel.EMAIL, value=EMAIL, user=user)
    there = {
        "event": round_.event,
        "status": "confirmed",
        "confirmed_at": now,
        "joined_at": now,
        "source": AttendeeSource.WEB,
    }
    mine = Attendee.objects.create(user=user, phone=phone, email=mailbox, **there)
    theirs = Attendee.objects.create(user=other, **there)
    ballots = [
        Ballot.objects.create(
            round=round_,
            attendee=attendee,
            entry=entries[0],
            channel="web",
            source=bytes([n]) * 32,
            received_at=now,
            state="accepted",
        )
        for n, attendee in enumerate((mine, theirs))
    ]
    Tally.objects.create(round=round_, entry=entries[0], channel="web", votes=2)
    audit.record(actor=Actor(via=Via.PAGE, address=IP, user_agent=AGENT), action="address.stop", subject=phone, now=now)
    _correspondence(phone, mailbox, round_.event, now)
    return Known(user, other, actor, ballots[0], phone, mailbox, mine)


def _correspondence(phone: Address, mailbox: Address, event: Event, now: datetime) -> None:
    sender = SenderFactory.create()
    text = InboundFactory.create(address=phone, sender=sender, text=f"JOIN {WORDS}", raw={"From": PHONE, "Body": WORDS})
    replies.answer(inbound=text, kind="help", text=f"Hello {NAME}", now=now)
    consent.record(
        address=phone,
        decision=ConsentDecision.GRANTED,
        purpose=ConsentPurpose.EVENT,
        source=ConsentSource.SMS,
        topic=event.topic,
        inbound=text,
        sender=sender,
        text_version="join.1",
        now=now,
    )
    consent.opt_out(address=phone, sender=sender, source=ConsentSource.SMS, inbound=text, now=now)
    consent.record(
        address=mailbox,
        decision=ConsentDecision.WITHDRAWN,
        purpose=ConsentPurpose.EVENT,
        source=ConsentSource.PREFERENCES,
        now=now,
    )
    done = sent(address=phone, sender=sender, text=f"Dear {NAME}", topic=event.topic, error=f"to {PHONE}")
    DeliveryEvent.objects.create(
        provider="twilio", provider_id=done.provider_id, status="delivered", raw={"To": PHONE}, received_at=now
    )
    submitting(address=phone, sender=sender, text=WORDS)
    outbox.queue(
        purpose_key="waiting",
        kind="account",
        purpose=Purpose.ACCOUNT,
        channel=Channel.EMAIL,
        address=mailbox,
        text=f"Dear {NAME}",
        subject=NAME,
        now=now,
    )


def findings() -> dict[str, list[str]]:
    """table.column → the markers found there, over every column of every table, whatever its type."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema()"
        )
        for table, column, kind in cursor.fetchall():
            text = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
            for marker in MARKERS:
                cursor.execute(f'SELECT count(*) FROM "{table}" WHERE {text} ILIKE %s', [f"%{marker}%"])
                if cursor.fetchone()[0]:
                    found.setdefault(f"{table}.{column}", []).append(marker)
    return found


def cached() -> set[str]:
    """The markers found in Redis, in any key or value."""
    client: Any = redis.sync_client()
    seen = b""
    for key in client.scan_iter():
        seen += key + (client.dump(key) or b"")
    return {marker for marker in MARKERS if marker.encode() in seen}


def stored(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def forget(user: User, now: datetime) -> Erasure:
    with time_machine.travel(now, tick=True):
        erasure = erasures.request_erasure(actor=acting(user), password=PASSWORD, recently=False, now=now)
        assert erasures.carry_out(erasure_id=erasure.pk, now=now)
    erasure.refresh_from_db()
    return erasure


def deliver() -> None:
    while delivery.deliver_batch(Lane.CRITICAL, now=datetime.now(UTC)):
        pass
