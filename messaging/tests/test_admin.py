"""The console's pages of messages: admins look everything up, nobody changes anything, secrets are shown to nobody."""

import inspect
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from messaging import gate
from messaging.console import why_not
from messaging.models import (
    Address,
    ConsentEvent,
    DeliveryEvent,
    InboundMessage,
    Message,
    MessageState,
    OptOut,
    Sender,
)
from messaging.tests.factories import InboundFactory, MessageFactory

pytestmark = pytest.mark.django_db
MACHINERY: list[Any] = [Address, OptOut, ConsentEvent, DeliveryEvent]
OURS: list[Any] = [Message, InboundMessage, Sender, *MACHINERY]


@pytest.fixture
def desk(client: Client, admin_user: User) -> Client:
    client.force_login(admin_user)
    return client


def page(name: str, model: Any, *args: int) -> str:
    return reverse(f"admin:messaging_{model._meta.model_name}_{name}", args=args)


def body(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize("model", OURS)
def test_rows_are_shown_and_changed_by_nobody(desk: Client, model: Any) -> None:
    assert desk.get(page("changelist", model)).status_code == 200
    assert desk.get(page("add", model)).status_code == 403
    assert desk.post(page("add", model), {}).status_code == 403


@pytest.mark.parametrize("model", MACHINERY)
def test_addresses_and_consent_are_for_admins(client: Client, organizer: User, model: Any) -> None:
    client.force_login(organizer)

    assert client.get(page("changelist", model)).status_code == 403


def test_admins_see_whole_addresses_and_what_the_machinery_did(desk: Client) -> None:
    message = MessageFactory.create(text="See you at eight")

    shown = body(desk.get(page("change", Message, message.pk)))

    assert message.address.value in shown
    assert "See you at eight" in shown
    assert message.purpose_key in shown


@pytest.mark.parametrize(("secret", "shown"), [({"sealed": True}, "Sealed"), ({"kind": "vote_accepted"}, "A vote.")])
def test_sealed_content_and_votes_are_shown_to_nobody(desk: Client, secret: dict[str, Any], shown: str) -> None:
    inbound = InboundFactory.create(text="3 please")
    message = MessageFactory.create(text="Your code is 4711", subject="4711", html="4711", reply_to=inbound, **secret)

    told = body(desk.get(page("change", Message, message.pk)))

    assert shown in told
    assert "4711" not in told + body(desk.get(page("changelist", Message)))
    texts = body(desk.get(page("changelist", InboundMessage))) + body(
        desk.get(page("change", InboundMessage, inbound.pk))
    )
    assert ("3 please" in texts) is ("kind" not in secret)


@pytest.mark.parametrize(
    ("state", "fields", "words"),
    [
        (MessageState.FAILED, {"error_code": "30005"}, "This number is not in service."),
        (MessageState.UNDELIVERED, {"error_code": "99999"}, "The provider did not say why."),
        (MessageState.SKIPPED, {"decisions": [{"outcome": "skip", "reason": "opted_out"}]}, "They replied STOP."),
    ],
)
def test_why_it_came_no_further_is_said_in_words(desk: Client, state: str, fields: dict[str, Any], words: str) -> None:
    MessageFactory.create(state=state, **fields)

    assert words in body(desk.get(page("changelist", Message)))


def test_every_reason_of_the_gate_has_words() -> None:
    reasons = set(re.findall(r'_skip\("(\w+)"\)', inspect.getsource(gate)))

    assert len(reasons) > 5
    assert {reason for reason in reasons if str(why_not(skipped_for(reason))) == reason} == set()


def skipped_for(reason: str) -> Message:
    return Message(state=MessageState.SKIPPED, decisions=[{"outcome": "skip", "reason": reason}])
