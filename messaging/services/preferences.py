"""What one address wants to get, chosen by whoever holds its personal link. Each choice can be undone.

Nobody is signed in: the link is the authority. A choice is evidence of consent (source `preferences`) and an audit entry that
says from where it was made. Making it again changes nothing and adds no evidence.
"""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.actors import Actor
from accounts.models import Language
from config.lib.errors import InvalidToken, NotFound, Refusal, TokenExpired
from messaging import preferences
from messaging.links import address_id_of
from messaging.models import (
    Address,
    Channel,
    ConsentDecision,
    ConsentEvent,
    ConsentPurpose,
    ConsentSource,
    Sender,
)
from messaging.services import consent

_WORDING: Final = "preferences.1"
_GRANTED, _WITHDRAWN = ConsentDecision.GRANTED, ConsentDecision.WITHDRAWN


class BadPreferencesLink(Refusal):
    status = 403
    message = _("This link is not valid. Text HELP to the number our texts come from to get a new one, or sign in.")


class PreferencesLinkExpired(Refusal):
    status = 410
    message = _("This link is too old. Text HELP to the number our texts come from to get a new one, or sign in.")


class OnlyByText(Refusal):
    status = 409
    message = _("This phone texted STOP, so the phone company stops our texts. Only texting START brings them back.")


def address_of_token(*, token: str, now: datetime) -> Address:
    """Whose link it is. Raises BadPreferencesLink, PreferencesLinkExpired."""
    try:
        address = Address.objects.filter(pk=address_id_of(token, now=now)).first()
    except InvalidToken as error:
        raise BadPreferencesLink from error
    except TokenExpired as error:
        raise PreferencesLinkExpired from error
    if address is None:
        raise BadPreferencesLink
    return address


@transaction.atomic
def stop(*, actor: Actor, token: str, what: str, now: datetime) -> None:
    """Nothing more from this sender (by public id); for a mail address and "", no mail but about the account.

    Raises what `address_of_token` raises, and NotFound for a sender that this address does not know.
    """
    address = _locked(token, now)
    if what:
        sender = _sender(address, what)
        is_new = consent.opt_out(address=address, sender=sender, source=ConsentSource.PREFERENCES, now=now)
    else:
        is_new = _say_of_mail(address, _WITHDRAWN, (ConsentPurpose.EVENT, ConsentPurpose.MARKETING), now)
    if is_new:
        audit.record(actor=actor, action="address.stop", subject=address, now=now, sender=what)


@transaction.atomic
def start(*, actor: Actor, token: str, what: str, now: datetime) -> None:
    """Undo `stop`. What was agreed to before it holds again; marketing by mail has to be agreed to anew.

    Raises what `stop` raises, and OnlyByText where the provider stops our texts and hears nobody but the phone itself.
    """
    address = _locked(token, now)
    if what:
        sender = _sender(address, what)
        if preferences.only_by_text(address, sender):
            raise OnlyByText
        is_new = consent.opt_in(address=address, sender=sender, source=ConsentSource.PREFERENCES, now=now)
    else:
        is_new = _say_of_mail(address, _GRANTED, (ConsentPurpose.EVENT,), now)
    if is_new:
        audit.record(actor=actor, action="address.start", subject=address, now=now, sender=what)


@transaction.atomic
def mute(*, actor: Actor, token: str, what: str, now: datetime) -> None:
    """No more messages about this topic. Raises what `address_of_token` raises, NotFound for a topic never agreed to."""
    _say_of_topic(actor, token, what, _WITHDRAWN, now)


@transaction.atomic
def unmute(*, actor: Actor, token: str, what: str, now: datetime) -> None:
    """Undo `mute`. Raises what it raises, and NotFound where the topic was left in another way."""
    _say_of_topic(actor, token, what, _GRANTED, now)


@transaction.atomic
def speak(*, actor: Actor, token: str, what: str, now: datetime) -> None:
    """Write to this address in another language. Raises what `address_of_token` raises, NotFound for one we do not speak."""
    address = _locked(token, now)
    if what not in Language.values:
        raise NotFound
    if address.language != what:
        Address.objects.filter(pk=address.pk).update(language=what)
        audit.record(actor=actor, action="address.speak", subject=address, now=now, language=what)


def _locked(token: str, now: datetime) -> Address:
    """The address, whose choices take turns until the commit."""
    address = address_of_token(token=token, now=now)
    return Address.objects.select_for_update(no_key=True).get(pk=address.pk)


def _sender(address: Address, public_id: str) -> Sender:
    sender = Sender.objects.known_to(address).filter(public_id=public_id).first()
    if sender is None:
        raise NotFound
    return sender


def _say_of_mail(
    address: Address, decision: ConsentDecision, purposes: tuple[ConsentPurpose, ...], now: datetime
) -> bool:
    """Of every topic of these purposes. True if any of it is new. Raises NotFound for an address that gets no mail."""
    if address.channel != Channel.EMAIL:
        raise NotFound
    if preferences.mail_is_on(address) == (decision == _GRANTED):
        return False
    for purpose in purposes:
        _record(address, decision, purpose=purpose, now=now)
    return True


def _say_of_topic(actor: Actor, token: str, topic: str, decision: ConsentDecision, now: datetime) -> None:
    address = _locked(token, now)
    choice = next((choice for choice in preferences.topics_of(address) if choice.topic == topic), None)
    if choice is None:
        raise NotFound
    if choice.is_on == (decision == _GRANTED):
        return
    _record(address, decision, purpose=ConsentPurpose.EVENT, topic=topic, sender=choice.sender_id, now=now)
    action = "address.unmute" if decision == _GRANTED else "address.mute"
    audit.record(actor=actor, action=action, subject=address, now=now, topic=topic)


def _record(
    address: Address,
    decision: ConsentDecision,
    *,
    purpose: ConsentPurpose,
    now: datetime,
    topic: str = "",
    sender: int | None = None,
) -> ConsentEvent:
    return consent.record(
        address=address,
        sender=sender,
        decision=decision,
        purpose=purpose,
        topic=topic,
        source=ConsentSource.PREFERENCES,
        text_version=_WORDING,
        now=now,
    )
