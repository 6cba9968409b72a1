"""The console's pages of messages: what came in, what went out, who agreed to what. Nothing is changed here.

Organizers see what is about their own events, with addresses masked; sealed content and votes are shown to nobody.
"""

from typing import Any, Final

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, Via, actor_of
from accounts.console import ConsoleAdmin
from accounts.console.badges import Colour, badge
from accounts.policies import may_enter_console, sees_everything
from messaging.console import decisions_of, messages_seen_by, texts_seen_by, ways_of, why_not, words_of, words_of_text
from messaging.kinds import kind_in_words, registered
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
from messaging.preferences import masked

_STATES: Final[dict[str, Colour]] = {
    MessageState.DELIVERED: "success",
    MessageState.ANSWERED: "success",
    MessageState.SENT: "info",
    MessageState.HELD: "warning",
    MessageState.UNCERTAIN: "warning",
    MessageState.FAILED: "danger",
    MessageState.UNDELIVERED: "danger",
}


class About(admin.SimpleListFilter):
    """By what it is about, for whoever comes from there; there are too many to choose from."""

    title, parameter_name = _("about"), "topic"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        wanted = request.GET.get(self.parameter_name, "")
        return [(wanted, next((way.name for way in ways_of(wanted, 0)), wanted))] if wanted else []

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Message]") -> "QuerySet[Message]":
        return queryset.filter(topic=self.value()) if self.value() else queryset


class Kind(admin.SimpleListFilter):
    """By what it is for, in words."""

    title, parameter_name = _("what for"), "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(((kind, str(words)) for kind, words in registered().items()), key=lambda choice: choice[1])

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Message]") -> "QuerySet[Message]":
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Message)
class MessageAdmin(ConsoleAdmin[Message]):
    keeps_history = False
    list_display = ("created_at", "channel", "what_for", "masked_to", "state_badge", "why")
    list_filter = (About, Kind, "state", "channel")
    list_select_related = ("address",)
    list_per_page = 50
    ordering = ("-id",)
    nothing_yet = _("Whatever is sent to people stands here, with how far it came and why not further.")
    fields = (
        "what_for",
        "about",
        "masked_to",
        "state",
        "why",
        "channel",
        "created_at",
        "words",
        "sent_at",
        "settled_at",
    )
    readonly_fields = ("what_for", "about", "masked_to", "plain_to", "why", "words", "decided")

    def rows(self, actor: Actor) -> "QuerySet[Message]":
        return messages_seen_by(actor)

    def may_look(self, actor: Actor) -> bool:
        return may_enter_console(actor)

    def get_list_display(self, request: HttpRequest) -> Any:
        return _plain_for_admins(super().get_list_display(request), request)

    def get_fields(self, request: HttpRequest, obj: Message | None = None) -> Any:
        """What the machinery did with it is for admins."""
        shown = _plain_for_admins(self.fields, request)
        if not sees_everything(actor_of(request, Via.ADMIN)):
            return shown
        return (*shown, "purpose_key", "lane", "attempt", "provider", "provider_id", "error_code", "decided")

    def get_search_fields(self, request: HttpRequest) -> Any:
        """Nobody finds out by searching what they may not see."""
        everything = sees_everything(actor_of(request, Via.ADMIN))
        return ("=purpose_key", "=provider_id", "=address__value") if everything else ()

    def get_list_filter(self, request: HttpRequest) -> Any:
        """In which lane it went matters to those who run the machinery."""
        shown = super().get_list_filter(request)
        return (*shown, "lane") if sees_everything(actor_of(request, Via.ADMIN)) else shown

    def name_of(self, row: Message) -> str:
        return str(kind_in_words(row.kind))

    @admin.display(description=_("what for"), ordering="kind")
    def what_for(self, message: Message) -> str | Promise:
        return kind_in_words(message.kind)

    @admin.display(description=_("about"))
    def about(self, message: Message) -> str:
        """Links to the event and to the attendee."""
        ways = ways_of(message.topic, message.address_id)
        return format_html_join(" · ", '<a class="console-link" href="{1}">{0}</a>', ways)

    @admin.display(description=_("to"))
    def masked_to(self, message: Message) -> str:
        return masked(message.address)

    @admin.display(description=_("to"))
    def plain_to(self, message: Message) -> str:
        return message.address.value

    @badge(description=_("status"), ordering="state", colours=_STATES)
    def state_badge(self, message: Message) -> tuple[str, str]:
        return message.state, str(message.get_state_display())

    @admin.display(description=_("why"))
    def why(self, message: Message) -> str | Promise:
        return why_not(message)

    @admin.display(description=_("words"))
    def words(self, message: Message) -> str | Promise:
        return words_of(message)

    @admin.display(description=_("decisions"))
    def decided(self, message: Message) -> str:
        """What the gate said each time it was asked, one to a line."""
        return format_html_join("", "{}: {}<br>", decisions_of(message))


@admin.register(InboundMessage)
class InboundMessageAdmin(ConsoleAdmin[InboundMessage]):
    keeps_history = False
    list_display = ("received_at", "masked_from", "sender", "words", "answer")
    nothing_yet = _("Whatever people text to join and to vote stands here, with what was answered.")
    list_select_related = ("address", "sender")
    list_per_page = 50
    ordering = ("-id",)
    fields = ("received_at", "masked_from", "sender", "words", "answer")
    readonly_fields = ("masked_from", "plain_from", "words", "answer")

    def rows(self, actor: Actor) -> "QuerySet[InboundMessage]":
        answers = Prefetch("replies", queryset=Message.objects.order_by("pk"), to_attr="answers")
        return texts_seen_by(actor).prefetch_related(answers)

    def may_look(self, actor: Actor) -> bool:
        return may_enter_console(actor)

    def name_of(self, row: InboundMessage) -> str:
        return str(_("Text from %(phone)s")) % {"phone": masked(row.address)}

    def get_list_display(self, request: HttpRequest) -> Any:
        return _plain_for_admins(super().get_list_display(request), request)

    def get_fields(self, request: HttpRequest, obj: InboundMessage | None = None) -> Any:
        return _plain_for_admins(self.fields, request)

    def get_search_fields(self, request: HttpRequest) -> Any:
        return ("=provider_id", "=address__value") if sees_everything(actor_of(request, Via.ADMIN)) else ()

    @admin.display(description=_("from"))
    def masked_from(self, text: InboundMessage) -> str:
        return masked(text.address)

    @admin.display(description=_("from"))
    def plain_from(self, text: InboundMessage) -> str:
        return text.address.value

    @admin.display(description=_("words"))
    def words(self, text: InboundMessage) -> str | Promise:
        return words_of_text(text, _answers(text))

    @admin.display(description=_("answer"))
    def answer(self, text: InboundMessage) -> str:
        return ", ".join(str(kind_in_words(message.kind)) for message in _answers(text))


@admin.register(Sender)
class SenderAdmin(ConsoleAdmin[Sender]):
    """The numbers people text to are no secret; how they are set up is."""

    keeps_history = False
    list_display = ("value", "channel", "name", "active")
    ordering = ("channel", "value")

    def rows(self, actor: Actor) -> "QuerySet[Sender]":
        return Sender.objects.all() if sees_everything(actor) else Sender.objects.filter(active=True)

    def may_look(self, actor: Actor) -> bool:
        return may_enter_console(actor)

    def get_fields(self, request: HttpRequest, obj: Sender | None = None) -> Any:
        shown = ("value", "channel", "name", "active")
        more = ("provider_answers_stop", "messaging_service", "language")
        return (*shown, *more) if sees_everything(actor_of(request, Via.ADMIN)) else shown


@admin.register(Address)
class AddressAdmin(ConsoleAdmin[Address]):
    nothing_yet = _("Every phone and mail address that somebody joined with stands here.")
    list_display = ("value", "channel", "language", "unreachable_at", "created_at")
    list_filter = ("channel",)
    search_fields = ("=value",)
    ordering = ("-id",)


@admin.register(OptOut)
class OptOutAdmin(ConsoleAdmin[OptOut]):
    keeps_history = False
    nothing_yet = _("Whoever replied STOP stands here, until they reply START. Nothing more is sent to them.")
    list_display = ("address", "sender", "since")
    list_select_related = ("address", "sender")
    search_fields = ("=address__value",)
    ordering = ("-id",)


@admin.register(ConsentEvent)
class ConsentEventAdmin(ConsoleAdmin[ConsentEvent]):
    keeps_history = False
    nothing_yet = _("Every yes and every no to being written to stands here, with when and how it was said.")
    list_display = ("at", "address", "decision", "purpose", "source")
    fields = ("address", "sender", "decision", "purpose", "about", "source", "text_version", "inbound", "at")
    readonly_fields = ("about",)
    list_select_related = ("address",)
    list_filter = ("decision", "purpose", "source")
    search_fields = ("=address__value",)
    ordering = ("-id",)

    def name_of(self, row: ConsentEvent) -> str:
        return f"{row.get_decision_display()}: {row.get_purpose_display()}"

    @admin.display(description=_("about"))
    def about(self, said: ConsentEvent) -> str:
        """Links to what it is about and to the attendee."""
        return format_html_join(
            " · ", '<a class="console-link" href="{1}">{0}</a>', ways_of(said.topic, said.address_id or 0)
        )


@admin.register(DeliveryEvent)
class DeliveryEventAdmin(ConsoleAdmin[DeliveryEvent]):
    keeps_history = False
    nothing_yet = _("What the provider reports about messages stands here, as it came in.")
    list_display = ("received_at", "provider", "provider_id", "status", "error_code")
    search_fields = ("=provider_id",)
    ordering = ("-id",)


def _plain_for_admins(names: Any, request: HttpRequest) -> tuple[Any, ...]:
    """The columns with whole addresses for admins, masked ones for everybody else."""
    if not sees_everything(actor_of(request, Via.ADMIN)):
        return tuple(names)
    plain = {"masked_to": "plain_to", "masked_from": "plain_from"}
    return tuple(plain.get(name, name) for name in names)


def _answers(text: InboundMessage) -> list[Message]:
    answers: list[Message] = text.answers  # type: ignore[attr-defined]  # put there by `rows`
    return answers
