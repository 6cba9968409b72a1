"""Read-only pages: what came in, what went out, who agreed to what."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from messaging.models import Address, ConsentEvent, DeliveryEvent, InboundMessage, Message, OptOut, Sender

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin  # generic only to the type checker


class ReadOnly(_ModelAdmin):
    """Rows are written by services and providers alone."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Sender)
class SenderAdmin(ReadOnly):
    list_display = ("value", "channel", "name", "active", "provider_answers_stop")


@admin.register(Address)
class AddressAdmin(ReadOnly):
    list_display = ("value", "channel", "language", "unreachable_at", "created_at")
    list_filter = ("channel",)
    search_fields = ("=value",)


@admin.register(OptOut)
class OptOutAdmin(ReadOnly):
    list_display = ("address", "sender", "since")
    list_select_related = ("address", "sender")
    search_fields = ("=address__value",)


@admin.register(ConsentEvent)
class ConsentEventAdmin(ReadOnly):
    list_display = ("at", "address", "decision", "purpose", "topic", "source")
    list_select_related = ("address",)
    list_filter = ("decision", "purpose", "source")
    search_fields = ("=address__value",)


@admin.register(InboundMessage)
class InboundMessageAdmin(ReadOnly):
    list_display = ("received_at", "address", "sender", "text")
    list_select_related = ("address", "sender")
    search_fields = ("=provider_id", "=address__value")


@admin.register(Message)
class MessageAdmin(ReadOnly):
    """Sealed content is shown nowhere."""

    list_display = ("created_at", "channel", "kind", "address", "state", "error_code")
    list_select_related = ("address",)
    list_filter = ("state", "channel", "lane", "kind")
    search_fields = ("=purpose_key", "=provider_id", "=address__value")

    def get_exclude(self, request: HttpRequest, obj: Message | None = None) -> list[str]:
        return ["text", "html", "headers", "subject"] if obj and obj.sealed else []


@admin.register(DeliveryEvent)
class DeliveryEventAdmin(ReadOnly):
    list_display = ("received_at", "provider", "provider_id", "status", "error_code")
    search_fields = ("=provider_id",)
