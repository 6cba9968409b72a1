"""The console's page of audit entries."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, Via, actor_of
from accounts.audit_words import THROUGH, Words, done, through
from accounts.console import ConsoleAdmin
from accounts.console.subjects import entries_seen_by
from accounts.models import AuditEntry, AuditPerson, User
from accounts.policies import may_enter_console, sees_everything


class _Through(admin.SimpleListFilter):
    """The surfaces by name: asking the table which there are would read all of it."""

    title, parameter_name = _("through"), "channel"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(channel), str(words)) for channel, words in THROUGH.items()]

    def queryset(self, request: HttpRequest, queryset: "models.QuerySet[AuditEntry]") -> "models.QuerySet[AuditEntry]":
        return queryset.filter(channel=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ConsoleAdmin[AuditEntry]):
    """From where somebody did it is for admins; who and what also for those whose thing it was done to."""

    list_display = ("at", "done", "what", "known_as", "through")
    nothing_yet = _("Everything that is done to your events stands here: what, when and by whom.")
    list_filter = (_Through,)
    list_select_related = ("person__user",)
    search_fields = ("action", "=subject_id", "=request_id")
    ordering = ("-id",)
    list_per_page = 50

    def rows(self, actor: Actor) -> "models.QuerySet[AuditEntry]":
        return entries_seen_by(actor)

    def may_look(self, actor: Actor) -> bool:
        return may_enter_console(actor)

    def get_fields(self, request: HttpRequest, obj: AuditEntry | None = None) -> Any:
        if sees_everything(actor_of(request, Via.ADMIN)):
            return ("done", "at", "what", "who", "through", "facts", "whence", "action", "request_id")
        return ("done", "at", "what", "known_as", "through", "facts")

    def get_readonly_fields(self, request: HttpRequest, obj: AuditEntry | None = None) -> Any:
        return ("done", "through", "what", "who", "known_as", "whence")

    def name_of(self, row: AuditEntry) -> str:
        return str(done(row.action))

    @admin.display(description=_("what was done"), ordering="action")
    def done(self, entry: AuditEntry) -> Words:
        return done(entry.action)

    @admin.display(description=_("through"), ordering="channel")
    def through(self, entry: AuditEntry) -> Words:
        return through(entry.channel)

    @admin.display(description=_("to what"), ordering="subject_type")
    def what(self, entry: AuditEntry) -> str:
        """Whoever may read the entry may look at the thing, where it has a page."""
        model = apps.get_model(entry.subject_type)
        name = entry.facts.get("number", entry.subject_id)  # a round is known by its number, of its event
        words = f"{capfirst(model._meta.verbose_name)} {name}"
        if not self.admin_site.is_registered(model):
            return words
        page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[entry.subject_id])
        return format_html('<a class="console-link" href="{}">{}</a>', page, words)

    @admin.display(description=_("who"))
    def who(self, entry: AuditEntry) -> str | Promise:
        """With the whole e-mail address."""
        user = _user_of(entry)
        return f"{user.name} <{user.email}>".strip() if user else self.known_as(entry)

    @admin.display(description=_("who"))
    def known_as(self, entry: AuditEntry) -> str | Promise:
        if user := _user_of(entry):
            return user.known_as
        return "" if hasattr(entry, "person") else _("The platform itself")

    @admin.display(description=_("from where"))
    def whence(self, entry: AuditEntry) -> str:
        person = getattr(entry, "person", None)
        return f"{person.address or ''} {person.user_agent}".strip() if person else ""


def _user_of(entry: AuditEntry) -> User | None:
    """None for the platform itself, and for somebody whose account is gone."""
    person: AuditPerson | None = getattr(entry, "person", None)
    return person.user if person else None
