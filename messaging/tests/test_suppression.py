"""An address that opted out and was forgotten is known again, and nobody can tell from what is kept who it was."""

from datetime import UTC, datetime

import pytest
from channels.db import database_sync_to_async
from pytest_django import DjangoAssertNumQueries, Settings

from messaging.models import Address, Channel, InboundMessage, OptOut, Suppression
from messaging.services.addresses import address_for, addresses_for
from messaging.suppression import digest_of, remember
from messaging.tests.factories import PhoneFactory, SenderFactory
from messaging.tests.texting import Webhook

PHONE = "+14155550177"
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def forgotten(phone: str = PHONE) -> None:
    """A phone that texted STOP to the platform's number, and whose person was then forgotten."""
    address, sender = PhoneFactory.create(value=phone), SenderFactory.create()
    OptOut.objects.create(address=address, sender=sender, since=NOW)
    remember([address])
    address.delete()


def test_the_digest_says_nothing_without_the_key(settings: Settings) -> None:
    first = digest_of(Channel.SMS, PHONE)
    settings.SUPPRESSION_KEY = "another"

    assert digest_of(Channel.SMS, PHONE) != first
    assert digest_of(Channel.EMAIL, PHONE) != digest_of(Channel.SMS, PHONE)
    assert len(first) == 64


@pytest.mark.django_db
def test_remembering_twice_is_once() -> None:
    address, sender = PhoneFactory.create(), SenderFactory.create()
    OptOut.objects.create(address=address, sender=sender, since=NOW)

    remember([address])
    remember([address])

    assert Suppression.objects.get().since == NOW


@pytest.mark.django_db
def test_a_list_brings_back_its_opt_outs_in_few_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    forgotten()
    known = PhoneFactory.create(value="+14155550100")
    values = [PHONE, known.value, *(f"+141555502{number:02}" for number in range(20))]

    with django_assert_num_queries(9):
        found = addresses_for(channel=Channel.SMS, values=values)

    assert len(found) == 22
    assert found[known.value] == known.pk
    assert OptOut.objects.get().address_id == found[PHONE]
    assert not Suppression.objects.exists()
    assert addresses_for(channel=Channel.SMS, values=values) == found


@pytest.mark.django_db
def test_a_known_address_costs_no_look_up(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    PhoneFactory.create(value=PHONE)

    with django_assert_num_queries(3):  # one, and the savepoint around it
        address_for(channel=Channel.SMS, value=PHONE)


async def test_a_text_of_such_a_phone_is_recorded_and_met_with_silence(twilio: Webhook) -> None:
    await database_sync_to_async(forgotten)()

    assert await twilio.text("JOIN NIGHT42", phone=PHONE) is None

    stopped = await OptOut.objects.select_related("address").aget()
    assert (stopped.address.value, stopped.since) == (PHONE, NOW)
    assert not await Suppression.objects.aexists()
    assert await InboundMessage.objects.acount() == 1
    assert await twilio.text("START", phone=PHONE) is not None, "and can undo it as ever"
    assert not await OptOut.objects.aexists()
    await twilio.text("hello", phone=PHONE)
    assert not await OptOut.objects.aexists()
    assert await Address.objects.acount() == 1
