"""The console's menu: what of it this person may look at, under the product's words."""

from typing import Any, Final, NamedTuple

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.actors import Via, actor_of
from accounts.policies import sees_everything


class Place(NamedTuple):
    """A page of no model (see `add_page`), for admins alone."""

    name: str
    title: str | Promise
    icon: str


class Group(NamedTuple):
    """A heading, and (model, icon of Material Symbols) under it; below them the pages of no model."""

    title: str | Promise
    entries: tuple[tuple[str, str], ...]
    places: tuple[Place, ...] = ()


_GROUPS: Final = (
    Group(_("Events"), (("events.event", "event"), ("voting.round", "how_to_vote"), ("events.venue", "location_on"))),
    Group(
        _("People"),
        (("events.attendee", "groups"), ("artists.artist", "mic"), ("accounts.user", "person")),
    ),
    Group(
        _("Messages"),
        (
            ("messaging.message", "outbox"),
            ("messaging.inboundmessage", "inbox"),
            ("messaging.sender", "call"),
            ("messaging.address", "contact_phone"),
            ("messaging.optout", "notifications_off"),
            ("messaging.consentevent", "handshake"),
            ("messaging.deliveryevent", "mark_chat_read"),
        ),
    ),
    Group(
        _("Platform"),
        (
            ("accounts.case", "gavel"),
            ("accounts.auditentry", "history"),
            ("voting.ballot", "ballot"),
            ("accounts.browsersession", "devices"),
            ("accounts.refreshfamily", "smartphone"),
            ("accounts.apikey", "key"),
        ),
        (
            Place("admin:analytics", _("Analytics"), "monitoring"),
            Place("admin:jobs", _("Jobs"), "manufacturing"),
            Place("admin:platform-settings", _("Settings"), "tune"),
        ),
    ),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The menu in the shape the theme reads."""
    tonight = {"title": _("Tonight"), "icon": "nightlife", "link": reverse("admin:index")}
    groups = [
        {
            "title": group.title,
            "separator": True,
            "items": [*(_item(*entry) for entry in group.entries if _shown(*entry, request)), *_places(group, request)],
        }
        for group in _GROUPS
    ]
    return [{"items": [tonight]}, *(group for group in groups if group["items"])]


def _places(group: Group, request: HttpRequest) -> list[dict[str, Any]]:
    if not sees_everything(actor_of(request, Via.ADMIN)):
        return []
    return [{"title": title, "icon": icon, "link": reverse(name)} for name, title, icon in group.places]


def _shown(label: str, _icon: str, request: HttpRequest) -> bool:
    model = apps.get_model(label)
    return admin.site.is_registered(model) and admin.site.get_model_admin(model).has_view_permission(request)


def _item(label: str, icon: str) -> dict[str, Any]:
    options = apps.get_model(label)._meta
    address = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    return {"title": capfirst(options.verbose_name_plural), "icon": icon, "link": address}
