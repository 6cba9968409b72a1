"""`POST /sms/status`, what became of a text as Twilio reports it; `/p/<token>/`, what one address wants to get."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actors import Via, actor_of
from config.lib.api.envelope import envelope, error_body
from config.lib.api.throttling import network_asking
from config.lib.errors import Malformed, RateLimitExceeded, Refusal
from config.lib.limits import count
from config.lib.personal_links import personal_link
from config.lib.public_ids import LENGTH
from messaging.inbound_store import PROVIDER
from messaging.kind_choices import off_in_account
from messaging.preferences import preferences_of
from messaging.services import outcomes
from messaging.services import preferences as choices
from messaging.signatures import LIMIT, SIGNATURE, SIGNATURE_SETTINGS, BadSignature, is_signed

_CHOICES: Final[Mapping[str, Callable[..., None]]] = {
    "stop": choices.stop,
    "start": choices.start,
    "mute": choices.mute,
    "unmute": choices.unmute,
    "speak": choices.speak,
}
_LONGEST_ID: Final = 200
_LONGEST_WORD: Final = 32
_MOST_ATTEMPTS: Final = 32_767  # what the column holds


@csrf_exempt  # Twilio's signature stands for it
@require_POST
def status(request: HttpRequest) -> HttpResponse:
    """204 to everything signed, words we do not know and reports that are known already among it."""
    try:
        _check_signature(request)
        _report(request.POST, request.GET)
    except Refusal as refusal:
        return JsonResponse(envelope(error=error_body(refusal)), status=refusal.status, headers=_retry_after(refusal))
    return HttpResponse(status=204)


def _check_signature(request: HttpRequest) -> None:
    """Raises BadSignature, RateLimitExceeded for too many of those from one address."""
    signed = is_signed(
        target=request.get_full_path(),
        fields=request.POST,
        signature=request.headers.get(SIGNATURE, ""),
        signature_settings=request.headers.get(SIGNATURE_SETTINGS, ""),
    )
    if signed:
        return
    allowance = count(LIMIT, network_asking(request))
    raise RateLimitExceeded(retry_after=allowance.reset) if allowance and allowance.exceeded else BadSignature()


def _report(fields: QueryDict, named: QueryDict) -> None:
    """Raises Malformed without the id of a message and the word that says what became of it."""
    raw = {name: value.replace("\0", "") for name, value in fields.items() if isinstance(value, str)}
    provider_id = raw.get("MessageSid") or raw.get("SmsSid", "")
    word = raw.get("MessageStatus") or raw.get("SmsStatus", "")
    if not (0 < len(provider_id) <= _LONGEST_ID and word):
        raise Malformed
    attempt = named.get("attempt", "")
    outcomes.report(
        provider=PROVIDER,
        provider_id=provider_id,
        status=word[:_LONGEST_WORD],
        error_code=raw.get("ErrorCode", "")[:_LONGEST_WORD],
        message_public_id=named.get("message", "")[:LENGTH],
        attempt=min(int(attempt), _MOST_ATTEMPTS) if attempt.isdecimal() else 0,
        raw=raw,
        now=datetime.now(UTC),
    )


def _retry_after(refusal: Refusal) -> dict[str, str]:
    return {"Retry-After": str(refusal.retry_after)} if refusal.retry_after is not None else {}


@personal_link
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """`/p/<token>/`: looking changes nothing; each button is one choice, named by what it is called and its value."""
    now = datetime.now(UTC)
    try:
        address = choices.address_of_token(token=token, now=now)
    except Refusal as refusal:
        return render(request, "messaging/preferences.html", {"refusal": refusal}, status=refusal.status)
    refused = _choose(request, token, now) if request.method == "POST" else None
    if request.method == "POST" and refused is None:
        messages.success(request, _("Noted."))
        return redirect("messaging:preferences", token=token)
    page = {"page": preferences_of(address), "off_in_account": off_in_account(address), "refused": refused}
    return render(request, "messaging/preferences.html", page, status=refused.status if refused else 200)


def _choose(request: HttpRequest, token: str, now: datetime) -> Refusal | None:
    """Make the choice that was sent; returns why not, where it was refused."""
    try:
        chosen = [(choose, request.POST[name]) for name, choose in _CHOICES.items() if name in request.POST]
        if len(chosen) != 1:
            raise Malformed
        ((choose, what),) = chosen
        choose(actor=actor_of(request, Via.PAGE), token=token, what=what, now=now)
    except Refusal as refusal:
        return refusal
    return None
