"""Pages of events that people reach by a personal link."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.actors import Via, actor_of
from config.lib.errors import Refusal
from events import journeys
from events.models import Attendee, AttendeeStatus
from events.services import attendees

# The address is a secret: it is nobody else's to see, keep or index.
_SECRET: Final = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


@method_decorator(never_cache, name="dispatch")
class ConfirmPage(View):
    """`/c/<code>/`: looking changes nothing, because previewers and scanners look too; its one button confirms."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        try:
            attendee = attendees.attendee_of_code(code=code, now=timezone.now())
        except Refusal as refusal:
            return _page(request, refusal=refusal)
        return _page(request, attendee=attendee)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        try:
            attendees.confirm(actor=actor_of(request, Via.PAGE), code=code, now=timezone.now())
        except Refusal as refusal:
            return _page(request, refusal=refusal)
        return redirect("event-pages:confirm", code=code)


def _page(request: HttpRequest, *, attendee: Attendee | None = None, refusal: Refusal | None = None) -> HttpResponse:
    confirmed = attendee is not None and attendee.status == AttendeeStatus.CONFIRMED
    context = {
        "event": attendee.event if attendee else None,
        "confirmed": confirmed,
        "vote_link": journeys.vote_link(attendee) if attendee and confirmed else "",
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    response = render(request, "events/confirm.html", context, status=status)
    for name, value in _SECRET.items():
        response[name] = value
    return response
