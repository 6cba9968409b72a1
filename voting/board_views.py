"""Pages that show standings: live, on the projector, and when the night is over."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from accounts.actors import Via, actor_of
from accounts.analytics import page_view
from events.models import Event, EventAccess
from events.policies import event_at
from events.querysets import OVER_STATUSES
from voting.leaderboard import Audience
from voting.live_page import live_page_of
from voting.recap_page import recap_page_of
from voting.stage_page import stage_page_of
from voting.viewing import audience_for


@require_safe
@cache_control(private=True, no_cache=True)
def live(request: HttpRequest, slug: str) -> HttpResponse:
    """`/events/<slug>/live/`: the standings, as a fan or as who runs the event."""
    actor = actor_of(request, Via.PAGE)
    event = event_at(actor, slug)
    page_view(request, "live", of=event)
    page = live_page_of(event, audience=audience_for(actor, event), holder=actor.here, now=timezone.now())
    return render(request, "voting/live.html", {"page": page})


@require_safe
@cache_control(private=True, no_cache=True)
def stage(request: HttpRequest, slug: str) -> HttpResponse:
    """`/events/<slug>/stage/`: for the screen in the venue. What is withheld is withheld here, whoever opened it."""
    actor = actor_of(request, Via.PAGE)
    event = event_at(actor, slug)
    runs_it = audience_for(actor, event) == Audience.ORGANIZER
    audience = Audience.PROJECTOR if runs_it else Audience.FAN
    page = stage_page_of(event, audience=audience, holder=actor.here, now=timezone.now())
    return render(request, "voting/stage.html", {"page": page})


@require_safe
@conditional_page
def recap(request: HttpRequest, slug: str) -> HttpResponse:
    """`/events/<slug>/recap/`: the same for everybody, so that caches may keep it.

    They keep it as it is for a visitor without cookies, who can have no session and no message that waits to be shown, and ask
    each time whether it is still so: what moderation holds is gone at once.
    """
    actor = actor_of(request, Via.PAGE)
    event = event_at(actor, slug)
    page_view(request, "recap", of=event)
    response = render(request, "voting/recap.html", {"page": recap_page_of(event)})
    anybodys = not request.COOKIES and "lang" not in request.GET and _is_settled(event)
    response["Cache-Control"] = "public, no-cache" if anybodys else "private, no-cache"
    return response


def _is_settled(event: Event) -> bool:
    return event.status in OVER_STATUSES and event.access != EventAccess.PRIVATE and event.held_at is None
