"""The words that decide whether we may write to somebody at all: STOP, START, HELP, and what nobody understands."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from messaging.inbound import Inbound, Reply
from messaging.links import preferences_link
from messaging.models import ConsentSource
from messaging.segments import segments_of
from messaging.services import consent
from messaging.services.replies import answer
from messaging.texts import render

_UNASKED_HELP: Final = (3, timedelta(hours=1))


@transaction.atomic
def stop(*, inbound: Inbound, provider_answers: bool, now: datetime) -> Reply:
    """Opt the phone out of everything from this number. Confirmed once, and not where the provider did so itself."""
    assert inbound.sender_id
    is_new = consent.opt_out(
        address=inbound.address_id, sender=inbound.sender_id, source=ConsentSource.SMS, inbound=inbound.id, now=now
    )
    kind = "stop_done" if is_new else "stop_again"  # the gate lets the first alone through to who opted out
    text = render("stop_done", inbound.language)
    return Reply.of(answer(inbound=inbound, kind=kind, text=text, provider_answers=provider_answers, now=now))


@transaction.atomic
def start(*, inbound: Inbound, provider_answers: bool, now: datetime) -> Reply:
    """Undo the phone's opt-out."""
    assert inbound.sender_id
    consent.opt_in(
        address=inbound.address_id, sender=inbound.sender_id, source=ConsentSource.SMS, inbound=inbound.id, now=now
    )
    text = render("start_done", inbound.language)
    return Reply.of(answer(inbound=inbound, kind="start_done", text=text, provider_answers=provider_answers, now=now))


def give_help(*, inbound: Inbound, provider_answers: bool, now: datetime) -> Reply:
    """Help for whoever asked for it, opted out or not."""
    text = _help(inbound, now)
    return Reply.of(answer(inbound=inbound, kind="help", text=text, provider_answers=provider_answers, now=now))


def not_understood(*, inbound: Inbound, now: datetime) -> Reply:
    """Help for a text that concerns nobody: at most three times an hour, then silence."""
    text = _help(inbound, now)
    return Reply.of(answer(inbound=inbound, kind="help", text=text, at_most=_UNASKED_HELP, now=now))


def stay_silent(*, inbound: Inbound, now: datetime) -> Reply:
    """Record that an opted-out phone was not answered, so that a repeat is not either."""
    return Reply.of(answer(inbound=inbound, kind="unanswered", text="", now=now))


def _help(inbound: Inbound, now: datetime) -> str:
    """What can be texted; with the page where the owner of the phone chooses what comes, where one segment holds that."""
    text = render("help", inbound.language, link=preferences_link(inbound.address_id, now=now))
    return text if segments_of(text) == 1 else render("help", inbound.language)
