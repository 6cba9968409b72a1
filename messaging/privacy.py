"""What messaging holds about people: their addresses, what they agreed to, what they were sent and what they texted."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, ManyToOneRel, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.audit import forget_whereabouts
from accounts.personal_data import PersonalData, Retention, Row, Section, register
from accounts.persons import Person
from config.lib.rows import in_pieces
from messaging import suppression
from messaging.content import BLANK
from messaging.models import (
    ERASED,
    Address,
    ConsentEvent,
    ConsentSource,
    DeliveryEvent,
    InboundMessage,
    Message,
    MessageState,
    OptOut,
    Purpose,
    TurnedOff,
)
from messaging.states import move

_UNFINISHED = (MessageState.SUBMITTING, MessageState.UNCERTAIN)
_SETTLED = [state for state in MessageState if state not in {MessageState.QUEUED, MessageState.HELD, *_UNFINISHED}]


def _addresses(person: Person) -> Iterable[Row]:
    columns = ("channel", "value", "language", "time_zone", "unreachable_at", "unreachable_because", "created_at")
    return in_pieces(Address.objects.of(person), *columns)


def _consent(person: Person) -> Iterable[Row]:
    mine = ConsentEvent.objects.filter(address__in=_ids(person))
    return in_pieces(
        mine, "at", "decision", "purpose", "topic", "source", "text_version", "address__value", "sender__value"
    )


def _stopped(person: Person) -> Iterable[Row]:
    return in_pieces(OptOut.objects.filter(address__in=_ids(person)), "address__value", "sender__value", "since")


def _turned_off(person: Person) -> Iterable[Row]:
    return in_pieces(TurnedOff.objects.filter(user=person.user), "kind", "channel", "since")


def _messages(person: Person) -> Iterable[Row]:
    """Sealed ones (codes, links that sign in) without their content, which is blanked once they are sent."""
    mine = Message.objects.filter(address__in=_ids(person))
    columns = ("created_at", "sent_at", "channel", "kind", "purpose", "topic", "state", "address__value", "language")
    for values in in_pieces(mine, *columns, "subject", "text", "html", "sealed"):
        secret = {"subject": "", "text": "", "html": ""} if values["sealed"] else {}
        yield values | secret


def _texts(person: Person) -> Iterable[Row]:
    mine = InboundMessage.objects.filter(address__in=_ids(person))
    return in_pieces(mine, "received_at", "address__value", "sender__value", "text")


def _ids(person: Person) -> list[int]:
    return list(Address.objects.of(person).values_list("pk", flat=True))


def forget(person: Person, now: datetime) -> None:
    """What they stopped is remembered as digests. Texts and answers go; of what was sent, that it was sent stays."""
    addresses = list(Address.objects.of(person).select_for_update().order_by("pk"))
    ids = [address.pk for address in addresses]
    suppression.remember(addresses)
    ConsentEvent.objects.filter(address__in=ids).update(address=None, inbound=None)
    Message.objects.filter(reply_to__address__in=ids).delete()
    InboundMessage.objects.filter(address__in=ids).delete()
    for channel in {address.channel for address in addresses}:
        mine = [address.pk for address in addresses if address.channel == channel]
        _unlink(Message.objects.filter(address__in=mine), channel, now)
    forget_whereabouts("messaging.address", [address.public_id for address in addresses])
    Address.objects.filter(pk__in=ids).delete()


def _unlink(messages: QuerySet[Message], channel: str, now: datetime) -> None:
    """What waits is called off, what is with a provider is looked up no more, and all of it stands with nobody."""
    move(messages, to=MessageState.CANCELLED, settled_at=now)
    reported = DeliveryEvent.objects.filter(provider_id__in=messages.exclude(provider_id="").values("provider_id"))
    reported.exclude(raw={}).update(raw={})
    nobody, _new = Address.objects.get_or_create(channel=channel, value=ERASED)
    messages.filter(state__in=_UNFINISHED).update(submitted_at=None)
    messages.update(**BLANK, sealed=False, provider_id="", error="", address=nobody)


def _discard_content(messages: QuerySet[Message]) -> int:
    return messages.update(**BLANK, sealed=False, error="")


def _discard_texts(texts: QuerySet[InboundMessage]) -> int:
    return texts.update(text="", raw={})


def _discard_reports(events: QuerySet[DeliveryEvent]) -> int:
    return events.update(raw={})


def _old_content(before: datetime) -> QuerySet[Message]:
    blank = Q(text="", subject="", html="", error="", headers={})
    return Message.objects.filter(created_at__lt=before, state__in=_SETTLED).exclude(blank)


def _messages_to_nobody(before: datetime) -> QuerySet[Message]:
    """Codes and mail for who is no member, and the last mail to who was: nobody's history, so it does not stay."""
    mailbox = EmailAddress.objects.filter(email=OuterRef("address__value"))
    phone = get_user_model().objects.filter(phone=OuterRef("address__value"))
    settled = Message.objects.filter(purpose=Purpose.ACCOUNT, created_at__lt=before, state__in=_SETTLED)
    nobodys = settled.filter(address__user=None).exclude(address__value=ERASED)
    return nobodys.exclude(Exists(mailbox)).exclude(Exists(phone))


def _lonely(before: datetime) -> QuerySet[Address]:
    """Addresses that no row of any app refers to any more, but for what was put in force again as they came back."""
    account = EmailAddress.objects.filter(email=OuterRef("value"))
    alone = Address.objects.filter(user=None, created_at__lt=before).exclude(value=ERASED).exclude(Exists(account))
    for relation in Address._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel):
            rows: QuerySet[Any] = QuerySet(relation.related_model).filter(**{relation.field.name: OuterRef("pk")})
            if relation.related_model is ConsentEvent:
                rows = rows.exclude(source=ConsentSource.KEPT)
            alone = alone.exclude(Exists(rows))
    return alone


def _forget_lonely(addresses: QuerySet[Address]) -> int:
    found = list(addresses)
    with transaction.atomic():
        suppression.remember(found)
        ConsentEvent.objects.filter(address__in=found).update(address=None)
        Address.objects.filter(pk__in=[address.pk for address in found]).delete()
    return len(found)


register(
    PersonalData(
        app="messaging",
        personal={
            "messaging.Address": ["value", "user", "language", "time_zone"],
            "messaging.OptOut": ["address"],
            "messaging.TurnedOff": ["user"],
            "messaging.InboundMessage": ["address", "text", "raw"],
            "messaging.ConsentEvent": ["address", "text_version"],
            "messaging.Message": ["address", "subject", "text", "html", "headers", "error"],
            "messaging.DeliveryEvent": ["raw"],
        },
        not_personal={
            "messaging.Sender": {
                "value": "a number or mail address of ours",
                "name": "what we call it",
                "messaging_service": "an identifier of our own account at the provider",
            },
            "messaging.ConsentEvent": {"inbound": "taken away together with the address"},
            "messaging.Message": {
                "decisions": "what the gate said: words of our own and times",
                "reply_to": "answers are deleted together with the text they answer",
            },
            "messaging.DeliveryEvent": {"message_public_id": "names a message, which names nobody once it is unlinked"},
        },
        sections=(
            Section("addresses", _("Your addresses"), _addresses),
            Section("consent", _("What you agreed to and refused"), _consent),
            Section("stopped", _("What you stopped"), _stopped),
            Section("turned_off", _("What you turned off"), _turned_off),
            Section("messages", _("Messages we sent you"), _messages),
            Section("texts", _("Texts you sent us"), _texts),
        ),
        forget=forget,
        goes=(_("Your phone number and e-mail address, what we sent there, what you texted us"),),
        stays=(
            _("Somebody agreed or refused at that time, without your address"),
            _("If you stopped our messages: a code that cannot be read back, so that we never write there again"),
        ),
        retention=(
            Retention(
                key="texts",
                what=_("What people texted us"),
                setting="RETENTION_TEXTS_DAYS",
                due=lambda before: InboundMessage.objects.filter(received_at__lt=before).exclude(text="", raw={}),
                discard=_discard_texts,
            ),
            Retention(
                key="messages",
                what=_("What messages said; that they were sent stays"),
                setting="RETENTION_TEXTS_DAYS",
                due=_old_content,
                discard=_discard_content,
            ),
            Retention(
                key="delivery_reports",
                what=_("What providers reported about messages, word for word"),
                setting="RETENTION_REPORTS_DAYS",
                due=lambda before: DeliveryEvent.objects.filter(received_at__lt=before).exclude(raw={}),
                discard=_discard_reports,
            ),
            Retention(
                key="messages_to_nobody",
                what=_("Codes and mail to addresses without an account, the last mail to somebody erased among it"),
                fixed=timedelta(days=1),
                due=_messages_to_nobody,
            ),
            Retention(
                key="addresses",
                what=_("Addresses that nothing refers to any more"),
                fixed=timedelta(days=1),
                due=_lonely,
                discard=_forget_lonely,
            ),
        ),
    )
)
