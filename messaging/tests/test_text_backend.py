"""What accounts texts: sealed rows of the outbox, read by nobody and blanked once sent."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings as project
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import PhoneCode, User
from accounts.services.phones import ask_for_code
from accounts.texting import PhoneNotReached, PhoneOptedOut, text_backend
from config.lib.errors import Unavailable
from config.tests.fixtures import acting
from messaging.console import words_of
from messaging.content import content_of
from messaging.local.conversations import conversations
from messaging.models import Address, Channel, ConsentSource, Lane, Message, MessageState, Purpose
from messaging.providers.base import Accepted
from messaging.segments import segments_of
from messaging.services import consent, outcomes
from messaging.services.senders import platform_sender
from messaging.tests.factories import PLATFORM_NUMBER, PhoneFactory
from messaging.text_backend import OutboxTexts

PHONE = "+12025550123"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _texts_can_leave(settings: Settings) -> None:
    settings.SMS_PROVIDER = "local_phone"


def text(now: datetime, *, key: str = "phone-code:x") -> None:
    OutboxTexts().text_secret(
        phone=PHONE,
        text="123456 is it",
        purpose_key=key,
        language="es",
        expires_at=now + timedelta(minutes=10),
        now=now,
    )


class Provider:
    name = "twilio"
    keeps_content = False


def test_the_settings_name_it() -> None:
    assert project.TEXT_BACKEND
    assert isinstance(text_backend(), OutboxTexts)


def test_a_text_goes_ahead_of_others_and_can_be_read_by_nobody(now: datetime) -> None:
    text(now)
    message = Message.objects.get()
    assert (message.kind, message.purpose, message.lane, message.state) == (
        "account",
        Purpose.ACCOUNT,
        Lane.CRITICAL,
        MessageState.QUEUED,
    )
    assert (message.sender, message.language, message.address.value) == (platform_sender(), "es", PHONE)
    assert message.expires_at == now + timedelta(minutes=10)
    assert message.sealed
    assert "123456" not in message.text
    assert "123456" not in str(words_of(message))
    assert content_of(message).text == "123456 is it"


def test_the_local_phone_alone_shows_it(now: datetime) -> None:
    text(now)
    Message.objects.update(state=MessageState.SENT, sent_at=now)
    assert [said.text for said in conversations([PHONE], PLATFORM_NUMBER)[PHONE]] == ["123456 is it"]


def test_it_is_blanked_once_it_was_sent(now: datetime) -> None:
    text(now)
    message = Message.objects.get()
    Message.objects.update(state=MessageState.SUBMITTING, attempt=1, leased_until=now + timedelta(minutes=1))
    message.refresh_from_db()
    outcomes.accepted(message=message, provider=Provider(), acceptance=Accepted("SM1"), now=now)  # type: ignore[arg-type]  # what is asked of it
    message.refresh_from_db()
    assert (message.state, message.text, content_of(message).text) == (MessageState.SENT, "", "")


def test_a_phone_that_said_stop_is_told_apart(now: datetime) -> None:
    phone = PhoneFactory.create(value=PHONE)
    consent.opt_out(address=phone, sender=platform_sender(), source=ConsentSource.SMS, now=now)
    with pytest.raises(PhoneOptedOut), transaction.atomic():
        text(now)
    Address.objects.update(unreachable_at=now)
    consent.opt_in(address=phone, sender=platform_sender(), source=ConsentSource.SMS, now=now)
    with pytest.raises(PhoneNotReached), transaction.atomic():
        text(now)
    assert not Message.objects.exists()


def test_no_text_without_a_provider(now: datetime, settings: Settings) -> None:
    settings.SMS_PROVIDER = ""
    with pytest.raises(Unavailable):
        text(now)


def test_while_sending_is_stopped_it_waits(now: datetime, settings: Settings) -> None:
    settings.SENDING_ENABLED = False
    text(now)
    assert Message.objects.get().state == MessageState.HELD


def test_asking_queues_one_text_in_one_part_in_every_language(fan: User, now: datetime) -> None:
    for language in ("en", "es", "fr"):
        with translation.override(language):
            words = gettext("%(code)s is your Fanfare code. It works for 10 minutes. Tell it to nobody.")
        assert segments_of(words % {"code": "123456"}) == 1
    ask_for_code(actor=acting(fan), phone=PHONE, now=now)
    code, message = PhoneCode.objects.get(), Message.objects.get()
    assert message.purpose_key == f"phone-code:{code.public_id}"
    assert message.channel == Channel.SMS


def test_from_asking_to_a_verified_phone(api: APIClient, fan: User) -> None:
    verify = reverse("accounts:verify-phone")
    api.force_authenticate(fan)
    assert api.post(verify, {"phone": PHONE}).status_code == 202
    code = content_of(Message.objects.get()).text[:6]
    assert api.post(verify, {"code": code}).json()["data"]["phone_verified"] is True
    fan.refresh_from_db()
    assert Address.objects.proven_by(fan).get().value == PHONE


def test_a_refused_text_is_said_by_name(api: APIClient, fan: User, now: datetime) -> None:
    consent.opt_out(
        address=PhoneFactory.create(value=PHONE), sender=platform_sender(), source=ConsentSource.SMS, now=now
    )
    api.force_authenticate(fan)
    refused = api.post(reverse("accounts:verify-phone"), {"phone": PHONE})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "PHONE_OPTED_OUT")
    assert not PhoneCode.objects.exists()
