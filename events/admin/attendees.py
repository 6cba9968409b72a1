"""The console's pages of attendees: who is on the list, looked up, put on it by hand, taken off it."""

import re
from typing import Any, Final

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor, Via, actor_of
from accounts.console import ConsoleAdmin
from accounts.console.badges import Colour, badge
from accounts.console.subjects import register_subjects
from accounts.policies import holds_scope
from events.console.attendee_forms import AttendeeForm
from events.console.filters import OwnEvents
from events.console.wall_clock import by_the_venue
from events.models import Attendee, AttendeeStatus
from events.policies import attendees_run_by
from events.querysets import AttendeeQuerySet
from events.services import guest_list
from messaging.preferences import masked

_COLOURS: Final[dict[str, Colour]] = {AttendeeStatus.CONFIRMED: "success", AttendeeStatus.PENDING: "warning"}
_NOT_DIALLED: Final = re.compile(r"[\s().\-/]")


@admin.register(Attendee)
class AttendeeAdmin(ConsoleAdmin[Attendee]):
    """Phones and mail addresses are masked; whoever knows one may look for it."""

    form = AttendeeForm
    list_display = ("who", "event", "state", "source", "joined")
    list_filter = (OwnEvents, "status", "source")
    list_select_related = ("event__venue", "phone", "email", "user")
    search_fields = ("=public_id", "user__name", "=email__value", "=phone__value")
    search_help_text = gettext_lazy("A name, a whole phone number or a whole e-mail address")
    ordering = ("-id",)
    nothing_yet = gettext_lazy("Whoever joins stands here, and whoever you invite: add one person, or import a list.")
    autocomplete_fields = ("event",)
    change_list_template = "events/attendees/list.html"
    joined = by_the_venue("joined_at", gettext_lazy("joined on"), lambda row: row.event.venue.timezone)
    asked = by_the_venue("asked_at", gettext_lazy("asked on"), lambda row: row.event.venue.timezone)
    confirmed = by_the_venue("confirmed_at", gettext_lazy("confirmed on"), lambda row: row.event.venue.timezone)
    change_form_outer_before_template = "events/attendees/head.html"

    # --- who may what ---

    def rows(self, actor: Actor) -> AttendeeQuerySet:
        return attendees_run_by(actor)

    def may_look(self, actor: Actor) -> bool:
        return holds_scope(actor, "attendees:read")

    def may_add(self, actor: Actor) -> bool:
        return holds_scope(actor, "events:write")

    def store(self, actor: Actor, form: Any, row: Attendee | None) -> Attendee:
        typed = form.cleaned_data
        return guest_list.invite(
            actor=actor,
            public_id=typed["event"].public_id,
            phone=typed["phone_number"],
            email=typed["mail_address"],
            now=timezone.now(),
        )

    # --- the list ---

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Attendee]", search_term: str
    ) -> tuple["QuerySet[Attendee]", bool]:
        """A phone may be written with spaces and brackets."""
        dialled = _NOT_DIALLED.sub("", search_term)
        term = dialled if dialled.removeprefix("+").isdecimal() else search_term
        return super().get_search_results(request, queryset, term)

    @admin.display(description=gettext_lazy("who"))
    def who(self, attendee: Attendee) -> str:
        """The name of the account, and what they are reached by, masked."""
        name = attendee.user.name if attendee.user else ""
        known = [masked(address) for address in (attendee.phone, attendee.email) if address]
        return " · ".join(filter(None, [name, *known])) or _("Somebody")

    @badge(description=gettext_lazy("status"), ordering="status", colours=_COLOURS)
    def state(self, attendee: Attendee) -> tuple[str, str]:
        if attendee.status == AttendeeStatus.PENDING and attendee.asked_at is None:
            return "invited", _("Invited")
        return attendee.status, str(attendee.get_status_display())

    # --- one attendee ---

    def name_of(self, row: Attendee) -> str:
        return self.who(row)

    def get_fields(self, request: HttpRequest, obj: Attendee | None = None) -> Any:
        if obj is None:
            return ("event", "phone_number", "mail_address")
        steps = {"joined_at": "joined", "asked_at": "asked", "confirmed_at": "confirmed"}
        return ("who", "event", "status", "source", *(step for at, step in steps.items() if getattr(obj, at)))

    def get_readonly_fields(self, request: HttpRequest, obj: Attendee | None = None) -> Any:
        return self.get_fields(request, obj) if obj else ()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        attendee = self.get_object(request, object_id)
        context = {"attendee": attendee, "title": self.who(attendee), "subtitle": None}
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    # --- off the list ---

    def get_urls(self) -> list[Any]:
        page = self.admin_site.admin_view(self.take_off_view)
        return [path("<int:pk>/take-off/", page, name="events_attendee_take_off"), *super().get_urls()]

    def take_off_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Says what it means; when asked to, does it."""
        attendee = self.get_object(request, str(pk))
        if request.method != "POST":
            context = {
                **self.admin_site.each_context(request),
                "title": _("Take off the list"),
                "subtitle": None,
                "opts": self.opts,
                "original": attendee,
                "below": True,
                "name": self.who(attendee),
                "who": self.who(attendee),
            }
            return TemplateResponse(request, "events/attendees/take_off.html", context)
        guest_list.take_off(actor=actor_of(request, Via.ADMIN), attendee_id=attendee.public_id, now=timezone.now())
        messages.success(request, _("Taken off the list."))
        return redirect("admin:events_attendee_change", pk)


register_subjects("events.attendee", lambda actor: attendees_run_by(actor).values("public_id"))
