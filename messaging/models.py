"""Senders, addresses, consent evidence, the outbox, what comes in."""

from typing import Final

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import one_of
from config.lib.public_ids import PublicIdField
from messaging.querysets import AddressQuerySet, ConsentQuerySet, MessageQuerySet, OptOutQuerySet, SenderQuerySet


class Channel(models.TextChoices):
    SMS = "sms", _("SMS")
    EMAIL = "email", _("E-mail")
    PUSH = "push", _("Push")
    IN_APP = "in_app", _("In the app")
    WEBHOOK = "webhook", _("Webhook")


class Lane(models.TextChoices):
    """Who goes first: codes and tickets, then the rest, then campaigns."""

    CRITICAL = "critical", _("Critical")
    DEFAULT = "default", _("Default")
    BULK = "bulk", _("Bulk")


class Purpose(models.TextChoices):
    """Why somebody is written to, which decides what consent it needs (the rules are in gate.py)."""

    REPLY = "reply", _("Answers a text they sent")
    ACCOUNT = "account", _("About their account, at their request")
    EVENT = "event", _("About an event they joined")
    MARKETING = "marketing", _("Anything else")


class Sender(models.Model):
    """A number or mail identity messages come from."""

    public_id = PublicIdField()
    channel = models.CharField(_("channel"), max_length=16, choices=Channel)
    value = models.CharField(_("number or address"), max_length=254, help_text=_("E.164 number or mail address"))
    name = models.CharField(_("name"), max_length=100, blank=True)
    provider_answers_stop = models.BooleanField(
        _("the provider answers STOP itself"),
        default=False,
        help_text=_("The provider itself answers STOP, START and HELP, so we stay silent"),
    )
    messaging_service = models.CharField(
        _("messaging service"), max_length=64, blank=True, help_text=_("Twilio messaging service SID")
    )
    language = models.CharField(
        _("language"), max_length=5, blank=True, help_text=_("For people whose language is not known")
    )
    active = models.BooleanField(_("in use"), default=True)

    objects = SenderQuerySet.as_manager()

    class Meta:
        verbose_name = _("sender")
        verbose_name_plural = _("senders")
        constraints = [
            one_of("channel", Channel, "sender_channel_known"),
            models.UniqueConstraint(fields=["channel", "value"], name="sender_once_per_channel"),
        ]

    def __str__(self) -> str:
        return self.name or self.value


ERASED: Final = "erased"  # the value of one address per channel: what was sent to those who were forgotten is there


class Address(models.Model):
    """Where somebody can be reached; the only place that knows consent, opt-out and bounces."""

    public_id = PublicIdField()
    channel = models.CharField(_("channel"), max_length=16, choices=Channel)
    value = models.CharField(
        _("phone or e-mail"), max_length=254, help_text=_("E.164 number, lower-case mail address, or a push endpoint")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    language = models.CharField(_("language"), max_length=5, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    unreachable_at = models.DateTimeField(
        _("unreachable since"), null=True, blank=True, help_text=_("A permanent failure was reported then")
    )
    unreachable_because = models.CharField(_("unreachable because"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("known since"), default=timezone.now, editable=False)

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            one_of("channel", Channel, "address_channel_known"),
            models.UniqueConstraint(fields=["channel", "value"], name="address_once_per_channel"),
        ]

    def __str__(self) -> str:
        return self.value


class OptOut(models.Model):
    """An address wants nothing more from a sender. The row's presence is the state; ConsentEvent is the evidence."""

    address = models.ForeignKey(Address, verbose_name=_("address"), on_delete=models.CASCADE, related_name="opt_outs")
    sender = models.ForeignKey(Sender, verbose_name=_("sender"), on_delete=models.CASCADE, related_name="opt_outs")
    since = models.DateTimeField(_("since"))

    objects = OptOutQuerySet.as_manager()

    class Meta:
        verbose_name = _("opt-out")
        verbose_name_plural = _("opt-outs")
        constraints = [models.UniqueConstraint(fields=["address", "sender"], name="opt_out_once_per_sender")]

    def __str__(self) -> str:
        return f"{self.address_id} ⊘ {self.sender_id}"


class Suppression(models.Model):
    """What is remembered of an address that opted out and was forgotten (suppression.py). No sender: it wanted no mail."""

    digest = models.CharField(max_length=64, help_text=_("HMAC-SHA-256 of channel and value, with SUPPRESSION_KEY"))
    sender = models.ForeignKey(Sender, null=True, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        constraints = [
            models.UniqueConstraint(fields=["digest", "sender"], nulls_distinct=False, name="suppression_once")
        ]

    def __str__(self) -> str:
        return self.digest[:8]


class TurnedOff(models.Model):
    """A kind of message that an account wants no more by this channel. The row's presence is the state.

    It holds for every address the account has shown to be its own, whichever that is when a message is sent.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=32, help_text=_("As registered in a kinds.py"))
    channel = models.CharField(max_length=16, choices=Channel)
    since = models.DateTimeField()

    class Meta:
        verbose_name = _("kind turned off")
        verbose_name_plural = _("kinds turned off")
        constraints = [
            one_of("channel", Channel, "turned_off_channel_known"),
            models.UniqueConstraint(fields=["user", "kind", "channel"], name="turned_off_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.channel}"


class InboundMessage(models.Model):
    """A text somebody sent us, stored before anything is done about it. Its reply is the Message `reply:<id>`."""

    provider = models.CharField(max_length=16)
    provider_id = models.CharField(max_length=64, help_text=_("Twilio's MessageSid"))
    # both without an index of their own: one for addresses is below, and numbers of ours are few
    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="inbound_messages", db_index=False)
    sender = models.ForeignKey(
        Sender,
        verbose_name=_("sender"),
        null=True,
        on_delete=models.PROTECT,
        related_name="inbound_messages",
        db_index=False,
    )
    text = models.TextField(blank=True)
    opt_out_type = models.CharField(max_length=16, blank=True, help_text=_("Set when the provider answered by itself"))
    raw = models.JSONField(default=dict)
    received_at = models.DateTimeField(_("received"), help_text=_("When it reached our edge"))
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("text received")
        verbose_name_plural = _("texts received")
        constraints = [models.UniqueConstraint(fields=["provider", "provider_id"], name="inbound_once_per_provider_id")]
        indexes = [models.Index(fields=["address", "-received_at"], name="inbound_by_address")]

    def __str__(self) -> str:
        return self.provider_id


class ConsentDecision(models.TextChoices):
    GRANTED = "granted", _("Agreed")
    WITHDRAWN = "withdrawn", _("Withdrew")


class ConsentPurpose(models.TextChoices):
    EVENT = "event", _("Messages about an event")
    ACCOUNT = "account", _("Messages about the account")
    MARKETING = "marketing", _("Other messages")
    ALL = "all", _("Everything from this sender")


class ConsentSource(models.TextChoices):
    SMS = "sms", _("SMS")
    WEB = "web", _("Web")
    API = "api", _("API")
    IMPORT = "import", _("Import")
    ADMIN = "admin", _("Admin")
    PROVIDER = "provider", _("Reported by the provider")
    PREFERENCES = "preferences", _("Preference page")
    KEPT = "kept", _("Kept from before an erasure")


class ConsentEvent(models.Model):
    """Evidence, append-only: this address said yes or no to this purpose, then, there, to that text.

    Erasure takes the address and the text away, and leaves that somebody said so (a trigger allows that and no more).
    """

    address = models.ForeignKey(
        Address, verbose_name=_("address"), null=True, on_delete=models.PROTECT, related_name="consent_events"
    )
    sender = models.ForeignKey(Sender, verbose_name=_("sender"), null=True, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(_("decision"), max_length=16, choices=ConsentDecision)
    purpose = models.CharField(_("purpose"), max_length=16, choices=ConsentPurpose)
    topic = models.CharField(
        _("about"), max_length=64, blank=True, help_text=_("What it is about, for example event:42")
    )
    source = models.CharField(_("through"), max_length=16, choices=ConsentSource)
    text_version = models.CharField(
        _("wording agreed to"), max_length=64, blank=True, help_text=_("The wording that was agreed to")
    )
    inbound = models.ForeignKey(
        InboundMessage, verbose_name=_("text received"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("when"))

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent event")
        verbose_name_plural = _("consent events")
        constraints = [
            one_of("decision", ConsentDecision, "consent_decision_known"),
            one_of("purpose", ConsentPurpose, "consent_purpose_known"),
            one_of("source", ConsentSource, "consent_source_known"),
        ]
        indexes = [models.Index(fields=["address", "purpose", "topic", "-id"], name="consent_by_purpose")]

    def __str__(self) -> str:
        return f"{self.address_id} {self.decision} {self.purpose}"


class MessageState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    HELD = "held", _("Held")
    SUBMITTING = "submitting", _("Being handed over")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    UNDELIVERED = "undelivered", _("Not delivered")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Skipped")
    UNCERTAIN = "uncertain", _("Uncertain")
    CANCELLED = "cancelled", _("Cancelled")
    ANSWERED = "answered", _("Answered")


class Message(models.Model):
    """One message to one address: the outbox row, and afterwards its history."""

    public_id = PublicIdField()
    purpose_key = models.CharField(_("key"), max_length=200, help_text=_("Names the one reason this message exists"))
    kind = models.CharField(max_length=32, help_text=_("join_ask, vote_accepted, account, …"))
    purpose = models.CharField(max_length=16, choices=Purpose)
    channel = models.CharField(_("channel"), max_length=16, choices=Channel)
    lane = models.CharField(_("lane"), max_length=16, choices=Lane, default=Lane.DEFAULT)
    topic = models.CharField(max_length=64, blank=True)
    # both without an index of their own: one for addresses is below, and numbers of ours are few
    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="messages", db_index=False)
    sender = models.ForeignKey(Sender, null=True, on_delete=models.PROTECT, related_name="messages", db_index=False)
    reply_to = models.ForeignKey(InboundMessage, null=True, on_delete=models.PROTECT, related_name="replies")

    language = models.CharField(max_length=5, blank=True)
    subject = models.CharField(max_length=998, blank=True)
    text = models.TextField(blank=True, help_text=_("All of the content, encrypted, where it is sealed"))
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict, blank=True)
    sealed = models.BooleanField(default=False, help_text=_("Content is encrypted and blanked once sent"))

    state = models.CharField(_("state"), max_length=16, choices=MessageState, default=MessageState.QUEUED)
    not_before = models.DateTimeField(
        help_text=_("When it may be handed over, or is looked up if its outcome is uncertain")
    )
    expires_at = models.DateTimeField(null=True, help_text=_("Worthless after this"))
    attempt = models.PositiveSmallIntegerField(_("attempts"), default=0)
    leased_until = models.DateTimeField(null=True)
    decisions = models.JSONField(
        _("decisions"), default=list, help_text=_("What the gate said, each time it was asked")
    )

    provider = models.CharField(_("provider"), max_length=16, blank=True)
    provider_id = models.CharField(_("the provider's id"), max_length=200, blank=True)
    provider_rank = models.PositiveSmallIntegerField(default=0, help_text=_("How final the provider's last word is"))
    error_code = models.CharField(_("error code"), max_length=32, blank=True)
    error = models.CharField(max_length=300, blank=True)
    segments = models.PositiveSmallIntegerField(default=0)

    created_at = models.DateTimeField(_("written"))
    submitted_at = models.DateTimeField(null=True, help_text=_("When it was last handed over, whatever came of it"))
    sent_at = models.DateTimeField(_("sent"), null=True, help_text=_("When the provider had taken it"))
    settled_at = models.DateTimeField(_("settled"), null=True, help_text=_("When its last state was reached"))

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            one_of("channel", Channel, "message_channel_known"),
            one_of("purpose", Purpose, "message_purpose_known"),
            one_of("lane", Lane, "message_lane_known"),
            one_of("state", MessageState, "message_state_known"),
            # not unique=True, which would add a second index for LIKE
            models.UniqueConstraint(fields=["purpose_key"], name="message_once_per_purpose"),
            models.UniqueConstraint(
                fields=["provider", "provider_id"],
                condition=~models.Q(provider_id=""),
                name="message_once_per_provider_id",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="submitting") | models.Q(leased_until__isnull=False),
                name="message_submitting_has_lease",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="answered") | models.Q(reply_to__isnull=False),
                name="message_answered_replies_to_a_text",
            ),
        ]
        indexes = [
            # serves the workers' claim: what is due in a lane, oldest first
            models.Index(
                fields=["lane", "not_before", "id"],
                condition=models.Q(state__in=["queued", "held"]),
                name="message_due",
            ),
            # serves reconciliation: handed over, and never heard of again
            models.Index(fields=["leased_until"], condition=models.Q(state="submitting"), name="message_submitting"),
            # serves reconciliation: whose outcome is looked up next
            models.Index(fields=["not_before"], condition=models.Q(state="uncertain"), name="message_uncertain"),
            models.Index(fields=["topic", "-id"], name="message_by_topic"),
            # serves the count of a topic's messages by state; answers to texts, which are nearly all, are not in it
            models.Index(fields=["topic", "state"], condition=~models.Q(state="answered"), name="message_by_state"),
            # serves the history of a person and the gate's questions about the last minutes
            models.Index(fields=["address", "-created_at"], name="message_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class DeliveryEvent(models.Model):
    """A provider's status callback as it came, append-only. One that is early waits for the message to learn its id.

    What it came with may be blanked (a trigger allows that and no more): the number it was sent to is in there.
    """

    provider = models.CharField(_("provider"), max_length=16)
    provider_id = models.CharField(_("the provider's id"), max_length=200)
    status = models.CharField(_("status"), max_length=32)
    error_code = models.CharField(_("error code"), max_length=32, blank=True)
    message_public_id = models.CharField(max_length=16, blank=True, help_text=_("As the callback's address named it"))
    attempt = models.PositiveSmallIntegerField(default=0, help_text=_("Likewise; 0 where it named none"))
    raw = models.JSONField(default=dict)
    received_at = models.DateTimeField(_("received"))

    class Meta:
        verbose_name = _("delivery event")
        verbose_name_plural = _("delivery events")
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "provider_id", "status", "error_code"], name="delivery_event_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} {self.status}"
