"""Pages of events."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import Actor, Via, actor_of
from accounts.analytics import note, page_view
from accounts.models import AnalyticsKind
from accounts.policies import signed_in
from config.lib.errors import Malformed, Refusal
from config.lib.personal_links import personal_link
from config.lib.request_limits import limited
from config.lib.swapping import HtmxRequest, page_or_part
from events import discovery
from events.calendar_file import calendar_of
from events.confirm_page import confirm_page_of
from events.event_page import event_page_of
from events.forms import DiscoverForm, SearchForm
from events.models import Event
from events.my_nights import leaving_of
from events.policies import event_at
from events.services import attendees


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """`/`: what is on tonight, and what comes next."""
    actor, now = actor_of(request, Via.PAGE), timezone.now()
    page_view(request, "home")
    return render(request, "events/home.html", {"page": discovery.tonight(actor, now=now), "search": SearchForm()})


@require_safe
@limited("search", when="q")
def events(request: HtmxRequest) -> HttpResponse:
    """`/events/`: every night that may be found; filters that cannot be read say so and are left out."""
    form = DiscoverForm(request.GET)
    form.is_valid()
    actor, now = actor_of(request, Via.PAGE), timezone.now()
    try:
        nights = discovery.nights(actor, form.cleaned_data, asked=request.GET, now=now)
    except Malformed:
        return redirect(discovery.first_page(request.GET))
    page_view(request, "events")
    return page_or_part(
        request,
        {"form": form, "nights": nights},
        page="events/events.html",
        part="events/events_part.html",
        address=nights.address,
        typed_in={"words"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def event(request: HttpRequest, slug: str) -> HttpResponse:
    """`/events/<slug>/`: its one form joins."""
    actor = actor_of(request, Via.PAGE)
    shown = event_at(actor, slug)
    if request.method == "POST":
        return _join(request, actor, shown)
    page_view(request, "event", of=shown)
    return _event_page(request, actor, shown)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """`/events/<slug>/leave/`: asks first. Only for whoever is at the event, whether or not its page shows to them."""
    actor, now = actor_of(request, Via.PAGE), timezone.now()
    if request.method == "POST":
        left = attendees.leave_signed_in(actor=actor, slug=slug, now=now)
        said = _("You left %(title)s.") % {"title": left.title} if left.held_at is None else _("You left this night.")
        messages.success(request, said)
        return redirect("me")
    return render(request, "events/leave.html", {"page": leaving_of(signed_in(actor), slug, now=now)})


@require_safe
def calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """The event for the visitor's own calendar."""
    shown = event_at(actor_of(request, Via.PAGE), slug)
    headers = {"Content-Disposition": f'attachment; filename="{shown.slug}.ics"'}
    return HttpResponse(calendar_of(shown), content_type="text/calendar; charset=utf-8", headers=headers)


@personal_link
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """`/c/<code>/`: looking changes nothing, because previewers and scanners look too; its one button confirms."""
    now = timezone.now()
    try:
        if request.method == "POST":
            attendees.confirm(actor=actor_of(request, Via.PAGE), code=code, now=now)
            return redirect("event-pages:confirm", code=code)
        page = confirm_page_of(attendees.attendee_of_code(code=code, now=now), now=now)
    except Refusal as refusal:
        return render(request, "events/confirm.html", {"refusal": refusal}, status=refusal.status)
    return render(request, "events/confirm.html", {"page": page})


def _event_page(request: HttpRequest, actor: Actor, shown: Event, refusal: Refusal | None = None) -> HttpResponse:
    page = event_page_of(shown, actor=actor, now=timezone.now())
    status = refusal.status if refusal else 200
    return render(request, "events/event.html", {"page": page, "refusal": refusal}, status=status)


def _join(request: HttpRequest, actor: Actor, shown: Event) -> HttpResponse:
    if actor.user is None:
        return redirect_to_login(request.path)
    try:
        attendees.join_signed_in(actor=actor, public_id=shown.public_id, now=timezone.now())
    except Refusal as refusal:
        return _event_page(request, actor, shown, refusal)
    note(request, AnalyticsKind.ACTION, of=shown, action="join")
    messages.success(request, _("You joined %(title)s.") % {"title": shown.title})
    return redirect("event-pages:event", slug=shown.slug)
