"""Pages of votes and standings."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus

from asgiref.sync import sync_to_async
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import Actor, Via, actor_of
from accounts.analytics import page_view
from config.lib.errors import NotFound, Refusal, Unavailable
from config.lib.outages import AWAY, RETRY_SECONDS
from config.lib.personal_links import personal_link
from events.services.attendees import join_signed_in
from voting.forms import BallotForm, ReceiptForm, VoteForm
from voting.page_votes import cast
from voting.receipts import receipt_named
from voting.vote import AttendeeNotConfirmed, Verdict
from voting.vote_page import vote_page_of
from voting.voters import Visitor, visitor_at, visitor_by_link

Find = Callable[[Actor], Visitor]


@require_http_methods(["GET", "HEAD", "POST"])
async def vote(request: HttpRequest, slug: str) -> HttpResponse:
    """`/events/<slug>/vote/`: acts for whoever is signed in."""
    find = partial(visitor_at, slug=slug)
    if request.method == "POST" and "join" in request.POST:
        return await sync_to_async(_join)(request, find)
    return await _vote(request, find)


@personal_link
@require_http_methods(["GET", "HEAD", "POST"])
async def personal(request: HttpRequest, code: str) -> HttpResponse:
    """`/v/<code>/`: acts for the attendee it names. Looking changes nothing, because previewers and scanners look too."""
    return await _vote(request, partial(visitor_by_link, code=code, now=timezone.now()))


async def _vote(request: HttpRequest, find: Find) -> HttpResponse:
    if request.method == "POST":
        return await _cast(request, find)
    return await sync_to_async(_page)(request, find)


async def _cast(request: HttpRequest, find: Find) -> HttpResponse:
    """Answers after the vote is committed; what was chosen is kept, whatever happens to the vote."""
    given, now = VoteForm(request.POST), timezone.now()
    if not given.is_valid():
        return await sync_to_async(_page)(request, find, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    number = given.cleaned_data["choice"]
    try:
        visitor = await sync_to_async(_found)(request, find)
        if visitor.attendee is None:
            raise AttendeeNotConfirmed
        outcome = await cast(attendee=visitor.attendee, token=given.cleaned_data["token"], number=number, now=now)
    except (Unavailable, *AWAY):
        return _again(request)
    except Refusal as refusal:
        return await sync_to_async(_page)(request, find, refusal=refusal)
    stands = outcome.verdict is Verdict.DUPLICATE
    return redirect(f"{request.path}?chosen={number}" if stands else request.path)


def _page(request: HttpRequest, find: Find, *, refusal: Refusal | None = None, status: int = 0) -> HttpResponse:
    """The page as things stand now, with what was chosen, and why it was refused."""
    try:
        visitor = _found(request, find)
        page = vote_page_of(visitor, now=timezone.now(), chosen=request.GET.get("chosen", ""))
    except NotFound:
        raise
    except Refusal as bad_link:
        return render(request, "voting/link_refused.html", {"refusal": bad_link}, status=bad_link.status)
    page_view(request, "vote", of=visitor.event)
    data = request.POST if status == HTTPStatus.UNPROCESSABLE_ENTITY else None
    chosen = {"choice": request.POST.get("choice")}
    form = BallotForm(data, lines=page.ballot, question=page.question, initial=chosen)
    context = {"page": page, "form": form, "refusal": refusal}
    return render(request, "voting/vote.html", context, status=status or (refusal.status if refusal else 200))


def _again(request: HttpRequest) -> HttpResponse:
    """Nobody answers who could say what became of the vote. It can be sent again as it is: it counts once.

    Drawn without the request, because asking who is signed in would ask the same database.
    """
    fields = {name: request.POST.get(name, "") for name in ("choice", "token")}
    context = {"fields": fields, "action": request.path, "csrf_token": get_token(request)}
    response = render(None, "voting/vote_again.html", context, status=Unavailable.status)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _join(request: HttpRequest, find: Find) -> HttpResponse:
    """The visitor joins, and is back where the vote is."""
    actor = actor_of(request, Via.PAGE)
    try:
        event = find(actor).event
        if actor.user is None:
            return redirect_to_login(request.path)
        join_signed_in(actor=actor, public_id=event.public_id, now=timezone.now())
    except Refusal as refusal:
        return _page(request, find, refusal=refusal)
    return redirect(request.path)


def _found(request: HttpRequest, find: Find) -> Visitor:
    return find(actor_of(request, Via.PAGE))


@require_safe
def receipts(request: HttpRequest) -> HttpResponse:
    """`/votes/`: where a receipt is typed in."""
    form = ReceiptForm(request.GET or None)
    if form.is_valid():
        return redirect("voting-pages:receipt", receipt=form.cleaned_data["receipt"])
    return render(request, "voting/receipt.html", {"form": form})


@require_safe
def receipt(request: HttpRequest, receipt: str) -> HttpResponse:
    """`/votes/<receipt>/`: whether this vote is counted. Never what was voted, and never by whom."""
    found = receipt_named(receipt)
    form = ReceiptForm(initial={"receipt": receipt})
    context = {"form": form, "receipt": receipt, "found": found, "looked": True}
    return render(request, "voting/receipt.html", context, status=200 if found else 404)
