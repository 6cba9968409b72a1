"""Each named constraint and trigger, broken on purpose."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import CheckConstraint, Model, UniqueConstraint

from accounts.tests.factories import UserFactory
from messaging import models
from messaging.models import ConsentEvent, DeliveryEvent, OptOut, Suppression, TurnedOff
from messaging.tests.factories import InboundFactory, MessageFactory, PhoneFactory, SenderFactory, sent, submitting

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def _event(**fields: object) -> ConsentEvent:
    given = {"decision": "granted", "purpose": "event", "source": "sms", "at": NOW, **fields}
    return ConsentEvent.objects.create(address=PhoneFactory.create(), **given)


def _delivery_event(**fields: object) -> DeliveryEvent:
    given = {"provider": "twilio", "provider_id": "SM1", "status": "sent", "received_at": NOW, **fields}
    return DeliveryEvent.objects.create(**given)


def _twice(make: Callable[[], object]) -> None:
    make()
    make()


def _turned_off_twice() -> None:
    user = UserFactory.create()
    _twice(lambda: TurnedOff.objects.create(user=user, kind="invitation", channel="email", since=NOW))


def _opt_out_twice() -> None:
    phone, sender = PhoneFactory.create(), SenderFactory.create()
    _twice(lambda: OptOut.objects.create(address=phone, sender=sender, since=NOW))


BREAKS: dict[str, Callable[[], object]] = {
    "sender_channel_known": lambda: SenderFactory.create(channel="fax"),
    "sender_once_per_channel": lambda: _twice(
        lambda: models.Sender.objects.create(channel="sms", value="+12025550101")
    ),
    "address_channel_known": lambda: PhoneFactory.create(channel="fax"),
    "address_once_per_channel": lambda: _twice(lambda: PhoneFactory.create(value="+12025550123")),
    "opt_out_once_per_sender": _opt_out_twice,
    "turned_off_once": _turned_off_twice,
    "turned_off_channel_known": lambda: TurnedOff.objects.create(
        user=UserFactory.create(), kind="invitation", channel="fax", since=NOW
    ),
    "inbound_once_per_provider_id": lambda: _twice(lambda: InboundFactory.create(provider_id="SM1")),
    "consent_decision_known": lambda: _event(decision="maybe"),
    "consent_purpose_known": lambda: _event(purpose="fun"),
    "consent_source_known": lambda: _event(source="rumour"),
    "message_channel_known": lambda: MessageFactory.create(channel="fax"),
    "message_purpose_known": lambda: MessageFactory.create(purpose="fun"),
    "message_lane_known": lambda: MessageFactory.create(lane="slow"),
    "message_state_known": lambda: MessageFactory.create(state="lost"),
    "message_once_per_purpose": lambda: _twice(lambda: MessageFactory.create(purpose_key="booking:1")),
    "message_once_per_provider_id": lambda: _twice(lambda: sent(number=7)),
    "message_submitting_has_lease": lambda: submitting(leased_until=None),
    "message_answered_replies_to_a_text": lambda: MessageFactory.create(state="answered"),
    "suppression_once": lambda: _twice(lambda: Suppression.objects.create(digest="d", sender=None, since=NOW)),
    "delivery_event_once": lambda: _twice(_delivery_event),
}


@pytest.mark.parametrize("name", BREAKS)
def test_the_database_refuses(name: str) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        BREAKS[name]()


def test_no_constraint_goes_untried() -> None:
    ours = [model for model in vars(models).values() if getattr(model, "__module__", "") == models.__name__]
    named = {
        constraint.name
        for model in ours
        if hasattr(model, "_meta")
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint | UniqueConstraint)
    }
    assert named == set(BREAKS)


def test_messages_without_a_provider_id_do_not_collide() -> None:
    MessageFactory.create(provider="twilio")
    MessageFactory.create(provider="twilio")


@pytest.mark.parametrize("make", [_event, _delivery_event], ids=["consent", "delivery"])
@pytest.mark.parametrize("statement", ["UPDATE {table} SET id = id", "DELETE FROM {table}"], ids=["update", "delete"])
def test_evidence_is_append_only(make: Callable[[], Model], statement: str) -> None:
    row = make()
    sql = statement.format(table=row._meta.db_table)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def _changed(row: Model, sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {row._meta.db_table} SET {sql}")


@pytest.mark.parametrize(
    ("make", "blanked"),
    [
        (lambda: _event(inbound=InboundFactory.create()), "address_id = NULL, inbound_id = NULL"),
        (lambda: _event(inbound=InboundFactory.create()), "address_id = NULL"),
        (lambda: _delivery_event(raw={"To": "+12025550123"}), "raw = '{}'"),
    ],
    ids=["whom and which text", "whom", "what the provider said"],
)
def test_of_evidence_what_is_personal_can_be_blanked(make: Callable[[], Model], blanked: str) -> None:
    row = make()
    _changed(row, blanked)
    type(row)._default_manager.get(pk=row.pk)


@pytest.mark.parametrize(
    ("make", "changed"),
    [
        (_event, "address_id = NULL, decision = 'withdrawn'"),
        (_event, "address_id = NULL, at = now()"),
        (lambda: _delivery_event(raw={"To": "x"}), 'raw = \'{"To": "y"}\''),
        (lambda: _delivery_event(raw={"To": "x"}), "raw = '{}', status = 'failed'"),
    ],
    ids=["what was said", "when", "another report", "another state"],
)
def test_and_nothing_else(make: Callable[[], Model], changed: str) -> None:
    row = make()
    with pytest.raises(IntegrityError, match="append-only"):
        _changed(row, changed)
