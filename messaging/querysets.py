"""Questions about many addresses, messages and consent events."""

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Exists, F, Func, JSONField, OuterRef, Q, Value

if TYPE_CHECKING:
    from accounts.models import User
    from accounts.persons import Person
    from messaging.models import Address, ConsentEvent, Message, OptOut, Sender


class OptOutQuerySet(models.QuerySet["OptOut"]):
    def pairs(self, *, addresses: Iterable[int], senders: Iterable[int]) -> set[tuple[int, int]]:
        """(address id, sender id) of those who opted out."""
        rows = self.filter(address_id__in=set(addresses), sender_id__in=set(senders))
        return set(rows.values_list("address_id", "sender_id"))


class ConsentQuerySet(models.QuerySet["ConsentEvent"]):
    def last_words(self, addresses: Iterable[int]) -> dict[tuple[int, str, str], tuple[int, str]]:
        """(address id, purpose, topic) → (event id, decision), the latest event of each."""
        latest = (
            self.filter(address_id__in=set(addresses))
            .order_by("address_id", "purpose", "topic", "-id")
            .distinct("address_id", "purpose", "topic")
        )
        rows = latest.values_list("address_id", "purpose", "topic", "id", "decision")
        return {(address, purpose, topic): (pk, decision) for address, purpose, topic, pk, decision in rows}

    def about_events_of(self, address: "Address") -> "ConsentQuerySet":
        """The latest event of each topic (and of all topics, which is ""), each with its sender."""
        said = self.filter(address=address, purpose="event").select_related("sender")
        return said.order_by("topic", "-id").distinct("topic")


class AddressQuerySet(models.QuerySet["Address"]):
    def proven_by(self, user: "User") -> "AddressQuerySet":
        """The phone and the mail address that this user has shown to be theirs, where messaging knows them."""
        mailbox = EmailAddress.objects.filter(user=user, email=user.email, verified=True)
        proven = Q(Exists(mailbox), channel="email", value=user.email)
        if user.phone_verified_at:
            proven |= Q(channel="sms", value=user.phone)
        return self.filter(proven)

    def of(self, person: "Person") -> "AddressQuerySet":
        """All that is this person's: what is verified now, and what was known as theirs and is nobody else's since."""
        users = get_user_model().objects.exclude(pk=person.user.pk)
        elsewhere = EmailAddress.objects.filter(email=OuterRef("value"), verified=True).exclude(user=person.user)
        number = users.filter(phone=OuterRef("value"), phone_verified_at__isnull=False)
        known = self.filter(user=person.user).exclude(Exists(elsewhere)).exclude(Exists(number))
        proven = Q(channel="email", value__in=person.emails)
        if person.phone:
            proven |= Q(channel="sms", value=person.phone)
        return self.filter(proven | Q(pk__in=known.values("pk")))


class SenderQuerySet(models.QuerySet["Sender"]):
    def known_to(self, address: "Address") -> "SenderQuerySet":
        """Those of its channel that this address ever heard from, wrote to, agreed to or stopped."""
        met = (address.messages, address.inbound_messages, address.consent_events, address.opt_outs)
        known = reduce(or_, (Q(pk__in=rows.values("sender")) for rows in met))
        return self.filter(known, channel=address.channel)


class Appended(Func):
    """A JSON array column with one entry more, for an update."""

    template = "%(expressions)s"
    arg_joiner = " || "

    def __init__(self, column: str, entry: dict[str, Any]) -> None:
        super().__init__(F(column), Value([entry], output_field=JSONField()))


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, lane: str, channels: Iterable[str], *, now: datetime) -> "MessageQuerySet":
        """What may be handed over in this lane, on channels with a provider; the oldest first."""
        waiting = self.filter(state__in=["queued", "held"], lane=lane, channel__in=channels, not_before__lte=now)
        return waiting.order_by("not_before", "id")

    def lately_to(self, addresses: Iterable[int], *, since: datetime) -> "MessageQuerySet":
        """Messages to these addresses that were not stopped by us."""
        return self.filter(address_id__in=set(addresses), created_at__gte=since).exclude(
            state__in=["skipped", "cancelled"]
        )

    def insert_once(self, message: "Message") -> "Message":
        """Insert the row, or return the one that has its purpose key already; of two at once, the first stands."""
        self.bulk_create([message], ignore_conflicts=True)
        return self.get(purpose_key=message.purpose_key)
