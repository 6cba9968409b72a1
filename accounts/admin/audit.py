"""The console's page of audit entries."""

import json
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, Via, actor_of
from accounts.audit_words import THROUGH, Words, done, registered, through
from accounts.console import ConsoleAdmin
from accounts.console.facts import facts_in_words
from accounts.console.subjects import entries_seen_by, names_of
from accounts.models import AuditEntry, AuditPerson, User
from accounts.policies import may_enter_console, sees_everything
from config.lib.csv_stream import csv_stream


class _Through(admin.SimpleListFilter):
    """The surfaces by name: asking the table which there are would read all of it."""

    title, parameter_name = _("through"), "channel"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(channel), str(words)) for channel, words in THROUGH.items()]

    def queryset(self, request: HttpRequest, queryset: "models.QuerySet[AuditEntry]") -> "models.QuerySet[AuditEntry]":
        return queryset.filter(channel=self.value()) if self.value() else queryset


class _Done(admin.SimpleListFilter):
    """What was done, in words; likewise."""

    title, parameter_name = _("what was done"), "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(((action, str(words)) for action, words in registered().items()), key=lambda choice: choice[1])

    def queryset(self, request: HttpRequest, queryset: "models.QuerySet[AuditEntry]") -> "models.QuerySet[AuditEntry]":
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ConsoleAdmin[AuditEntry]):
    """From where somebody did it is for admins; who and what also for those whose thing it was done to."""

    keeps_history = False
    list_display = ("at", "done", "what", "known_as", "through")
    nothing_yet = _("Everything that is done to your events stands here: what, when and by whom.")
    list_filter = (_Done, _Through, "at")
    list_select_related = ("person__user", "person__impersonator", "seal")
    search_fields = ("action", "=subject_id", "=request_id")
    ordering = ("-id",)
    list_per_page = 50
    change_list_template = "admin/accounts/audit/list.html"

    def rows(self, actor: Actor) -> "models.QuerySet[AuditEntry]":
        return entries_seen_by(actor)

    def may_look(self, actor: Actor) -> bool:
        return may_enter_console(actor)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The things that a page of the list is about are named together."""
        listed = super().get_changelist_instance(request)
        self._name(listed.result_list, request)
        return listed

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> AuditEntry:
        entry = super().get_object(request, object_id, from_field)
        self._name([entry], request)
        return entry

    def _name(self, found: Iterable[AuditEntry], request: HttpRequest) -> None:
        """Tells each entry what its subject is called."""
        entries = list(found)
        asked = [(entry.subject_type, entry.subject_id) for entry in entries]
        names = names_of(asked, site=self.admin_site, request=request)
        for entry in entries:
            entry.subject_name = names.get((entry.subject_type, entry.subject_id))  # type: ignore[attr-defined]  # for `what`

    def get_fields(self, request: HttpRequest, obj: AuditEntry | None = None) -> Any:
        if sees_everything(actor_of(request, Via.ADMIN)):
            return (
                "done",
                "at",
                "what",
                "who",
                "through",
                "details",
                "why",
                "whence",
                "action",
                "request_id",
                "sealed",
            )
        return ("done", "at", "what", "known_as", "through", "details")

    def get_readonly_fields(self, request: HttpRequest, obj: AuditEntry | None = None) -> Any:
        return ("done", "through", "what", "who", "known_as", "details", "why", "whence", "sealed")

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """An admin also looks for somebody by their whole e-mail address."""
        everything = sees_everything(actor_of(request, Via.ADMIN))
        return (*self.search_fields, "=person__user__email") if everything else self.search_fields

    # --- to take along ---

    def get_urls(self) -> list[Any]:
        export = self.admin_site.admin_view(self.export_view)
        return [path("export/", export, name="accounts_auditentry_export"), *super().get_urls()]

    def export_view(self, request: HttpRequest) -> StreamingHttpResponse:
        """What the list shows with these filters, all of it, as CSV."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        whole = sees_everything(actor_of(request, Via.ADMIN))
        who = self.who if whole else self.known_as
        heads = ("at", "action", "done", "subject_type", "subject_id", "who", "channel", "facts", "request_id", "seal")
        return csv_stream(
            name=f"audit-{timezone.now():%Y-%m-%d}.csv",
            heads=heads if not whole else (*heads, "from_where"),
            rows=self.get_changelist_instance(request).queryset,
            line=lambda entry: (
                *(entry.at.isoformat(), entry.action, done(entry.action), entry.subject_type, entry.subject_id),
                *(who(entry), entry.channel, json.dumps(entry.facts, ensure_ascii=False), entry.request_id),
                *((_seal_of(entry), self.whence(entry)) if whole else (_seal_of(entry),)),
            ),
        )

    # --- in words ---

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
        kind, name = capfirst(model._meta.verbose_name), getattr(entry, "subject_name", None)
        if name is None:  # it is no more, or nobody's to look at: the audit has its id alone
            return f"{kind} {entry.subject_id}"
        words = f"{kind} · {name}"
        page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[entry.subject_id])
        return format_html('<a class="console-link" href="{}">{}</a>', page, words)

    @admin.display(description=_("who"))
    def who(self, entry: AuditEntry) -> str | Promise:
        """With the whole e-mail address."""
        user = _user_of(entry)
        return _looked_by(entry, f"{user.name} <{user.email}>".strip()) if user else self.known_as(entry)

    @admin.display(description=_("who"))
    def known_as(self, entry: AuditEntry) -> str | Promise:
        if user := _user_of(entry):
            return _looked_by(entry, user.known_as)
        return "" if hasattr(entry, "person") else _("The platform itself")

    @admin.display(description=_("details"))
    def details(self, entry: AuditEntry) -> str:
        """The facts that are not ids, in words, one to a line."""
        model = apps.get_model(entry.subject_type)
        return format_html_join("", "{}: {}<br>", facts_in_words(entry.facts, model))

    @admin.display(description=_("seal"))
    def sealed(self, entry: AuditEntry) -> str:
        """Its place in the hash chain and the hash, once it is sealed: within a minute."""
        return _seal_of(entry)

    @admin.display(description=_("why"))
    def why(self, entry: AuditEntry) -> str:
        """In the words of whoever did it."""
        person: AuditPerson | None = getattr(entry, "person", None)
        return person.why if person else ""

    @admin.display(description=_("from where"))
    def whence(self, entry: AuditEntry) -> str:
        person = getattr(entry, "person", None)
        return f"{person.address or ''} {person.user_agent}".strip() if person else ""


def _user_of(entry: AuditEntry) -> User | None:
    """None for the platform itself, and for somebody whose account is gone."""
    person: AuditPerson | None = getattr(entry, "person", None)
    return person.user if person else None


def _looked_by(entry: AuditEntry, who: str) -> str:
    """With the admin who looked at the site as them when they did it."""
    looked_by: User | None = entry.person.impersonator
    return _("%(admin)s as %(user)s") % {"admin": looked_by.known_as, "user": who} if looked_by else who


def _seal_of(entry: AuditEntry) -> str:
    return str(entry.seal) if hasattr(entry, "seal") else ""
