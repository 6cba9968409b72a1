from datetime import datetime, timedelta

import pytest

from messaging.facts import gate_facts
from messaging.models import ConsentDecision, ConsentEvent, ConsentPurpose, ConsentSource, Message, OptOut, Purpose
from messaging.services import consent
from messaging.tests.factories import InboundFactory, MessageFactory, PhoneFactory, SenderFactory

pytestmark = pytest.mark.django_db

GRANTED, WITHDRAWN = ConsentDecision.GRANTED, ConsentDecision.WITHDRAWN


def test_an_opt_out_is_one_row_and_one_piece_of_evidence_however_often_it_is_said(now: datetime) -> None:
    sender = SenderFactory.create()
    text = InboundFactory.create(text="STOP", sender=sender)
    said = [
        consent.opt_out(address=text.address, sender=sender, source=ConsentSource.SMS, inbound=text, now=now)
        for _time in range(3)
    ]
    assert said == [True, False, False]
    assert text.address.opt_outs.filter(sender=sender).exists()
    event = ConsentEvent.objects.get()
    assert (event.decision, event.purpose, event.source, event.inbound) == ("withdrawn", "all", "sms", text)


def test_opting_in_again_leaves_both_in_evidence(now: datetime) -> None:
    phone, sender = PhoneFactory.create(), SenderFactory.create()
    assert not consent.opt_in(address=phone, sender=sender, source=ConsentSource.SMS, now=now)
    consent.opt_out(address=phone, sender=sender, source=ConsentSource.SMS, now=now)
    assert consent.opt_in(address=phone, sender=sender, source=ConsentSource.SMS, now=now)
    assert not phone.opt_outs.filter(sender=sender).exists()
    assert list(ConsentEvent.objects.order_by("id").values_list("decision", flat=True)) == ["withdrawn", "granted"]


def test_an_opt_out_is_from_one_sender(now: datetime) -> None:
    phone, ours, other = PhoneFactory.create(), SenderFactory.create(), SenderFactory.create(value="+12025550199")
    consent.opt_out(address=phone, sender=ours, source=ConsentSource.SMS, now=now)
    assert not phone.opt_outs.filter(sender=other).exists()
    assert OptOut.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "topic", "last"),
    [
        ([], "event:1", None),
        ([(GRANTED, "event:1")], "event:1", GRANTED),
        ([(GRANTED, "event:1")], "event:2", None),
        ([(GRANTED, "")], "event:1", GRANTED),
        ([(GRANTED, "event:1"), (WITHDRAWN, "event:1")], "event:1", WITHDRAWN),
        ([(WITHDRAWN, "event:1"), (GRANTED, "")], "event:1", GRANTED),
        ([(GRANTED, "event:1"), (WITHDRAWN, "")], "event:1", WITHDRAWN),
    ],
)
def test_the_last_word_on_a_topic_or_on_all_topics_counts(
    now: datetime, said: list[tuple[ConsentDecision, str]], topic: str, last: ConsentDecision | None
) -> None:
    message: Message = MessageFactory.build(
        address=PhoneFactory.create(), sender=SenderFactory.create(), purpose=Purpose.EVENT, topic=topic
    )
    for number, (decision, about) in enumerate(said):
        consent.record(
            address=message.address,
            decision=decision,
            purpose=ConsentPurpose.EVENT,
            topic=about,
            source=ConsentSource.SMS,
            now=now + timedelta(seconds=number),
        )
    (facts,) = gate_facts([message], now=now)
    assert facts.consent == last


def test_start_after_stop_restores_what_was_agreed_to_and_adds_nothing(now: datetime) -> None:
    """STOP and START are about the sender: a fan who agreed to event texts and never to marketing has that again."""
    phone, sender = PhoneFactory.create(), SenderFactory.create()
    consent.record(address=phone, decision=GRANTED, purpose=ConsentPurpose.EVENT, source=ConsentSource.SMS, now=now)
    consent.opt_out(address=phone, sender=sender, source=ConsentSource.SMS, now=now)
    consent.opt_in(address=phone, sender=sender, source=ConsentSource.SMS, now=now)
    messages: list[Message] = [
        MessageFactory.build(address=phone, sender=sender, purpose=purpose)
        for purpose in (Purpose.EVENT, Purpose.MARKETING)
    ]
    assert [facts.consent for facts in gate_facts(messages, now=now)] == [GRANTED, None]
