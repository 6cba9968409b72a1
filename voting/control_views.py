"""The control room: one page, its figures for whoever keeps it open, and its steps."""

import re
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import Actor, Via, actor_of, here_of
from config.lib.errors import Malformed, Refusal
from events.models import Event
from voting import control_steps
from voting.control_room import control_room_of
from voting.control_steps import Step
from voting.leaderboard import Audience
from voting.live_page import feed_of
from voting.policies import event_to_control

PANELS: Final = ("arrivals", "votes", "messages", "refusals", "log")
_SURE: Final = "sure"
_NUMBER: Final = re.compile("[0-9]{0,3}")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def control(request: HttpRequest, pk: int) -> HttpResponse:
    """`/admin/events/event/<pk>/control/`: POST takes a step, once it is said to be meant (`sure`)."""
    actor = actor_of(request, Via.ADMIN)
    event = _event(actor, pk)
    if request.method != "POST":
        return _page(request, event)
    step = _step_asked(request)
    if step is None:
        return _page(request, event, refusal=Malformed())
    if _SURE not in request.POST:
        return render(request, "voting/control/confirm.html", {"event": event, "step": step})
    return _step(request, actor, event, step)


@never_cache
@require_safe
def snapshot(request: HttpRequest, pk: int) -> JsonResponse:
    """`…/control/snapshot/`: what moves. `panels` are drawn as the page draws them; another `version` means new steps."""
    room = control_room_of(_event(actor_of(request, Via.ADMIN), pk), now=timezone.now())
    panels = {name: render_to_string(f"voting/control/{name}.html", {"room": room}, request=request) for name in PANELS}
    return JsonResponse({"as_of": room.as_of, "version": room.version, "panels": panels})


def _step(request: HttpRequest, actor: Actor, event: Event, step: Step) -> HttpResponse:
    try:
        control_steps.perform(actor=actor, event=event, step=step, now=timezone.now())
    except Refusal as refusal:
        event.refresh_from_db()
        return _page(request, event, refusal=refusal, wanted=step)
    messages.success(request, step.done)
    return redirect("admin:control-room", event.pk)


def _page(
    request: HttpRequest, event: Event, *, refusal: Refusal | None = None, wanted: Step | None = None
) -> HttpResponse:
    now = timezone.now()
    room = control_room_of(event, now=now)
    context = {
        "room": room,
        "refusal": refusal,
        "wanted": wanted,
        "feed": feed_of(event, audience=Audience.ORGANIZER, holder=here_of(request), now=now),
    }
    return render(request, "voting/control/room.html", context, status=refusal.status if refusal else 200)


def _step_asked(request: HttpRequest) -> Step | None:
    """The step the form names; None for one that nobody offers."""
    number = request.POST.get("number", "")
    if not _NUMBER.fullmatch(number):
        return None
    return control_steps.step_named(request.POST.get("action", ""), int(number) if number else None)


def _event(actor: Actor, pk: int) -> Event:
    try:
        return event_to_control(actor, pk)
    except Refusal as refusal:
        raise Http404 from refusal
