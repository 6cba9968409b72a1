"""The pages of the local phone and the local mailbox. They exist in development only, for whoever sits at this machine."""

from collections.abc import Sequence

from csp.decorators import csp, csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from config.lib.errors import Malformed
from messaging.local import mailbox, texting
from messaging.local.desk import Desk, desk_of
from messaging.local.forms import AddForm, SearchForm, TextForm

# What a mail may do in its frame: show itself, and open its links in a window of their own.
_MAIL_POLICY = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'self'"],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def phones(request: HttpRequest, suggestions: Sequence[str] = ()) -> HttpResponse:
    """`/dev/phone/`: its forms send a text, and put another phone on the desk (`?add=`)."""
    desk, numbers = desk_of(request.GET)
    adding = AddForm(request.GET if "add" in request.GET else None, initial={"add": desk.next_phone})
    if adding.is_bound and adding.is_valid():
        return redirect(desk.with_phone(adding.cleaned_data["add"]).address)
    shown = {"desk": desk, "numbers": numbers, "adding": adding, "suggestions": suggestions}
    if request.method == "POST":
        return _send(request, desk, shown)
    return render(request, "local/phones.html", {**shown, "phones": desk.laid()})


@never_cache
@require_safe
def screens(request: HttpRequest) -> HttpResponse:
    """What the phones show, alone: the page asks for it again and again."""
    desk, _numbers = desk_of(request.GET)
    return render(request, "local/screens.html", {"phones": desk.laid()})


def _send(request: HttpRequest, desk: Desk, shown: dict[str, object]) -> HttpResponse:
    form = TextForm(request.POST)
    phone, words = request.POST.get("phone", ""), request.POST.get("text", "")
    if form.is_valid() and phone in desk.phones:
        try:
            texting.text(
                phone=phone,
                number=desk.number,
                words=words,
                port=int(request.META["SERVER_PORT"]),  # of the socket, whatever Host says
                language=get_language() or "",
            )
            return redirect(f"{desk.address}#phone-{phone.removeprefix('+')}")
        except texting.NotTaken as refusal:
            problem, status = refusal.words, refusal.status
    else:
        problem, status = _("A text has 1 to 1600 characters. Nothing was sent."), 422
    laid = desk.laid(problem=problem, kept=words, of=phone)
    return render(request, "local/phones.html", {**shown, "phones": laid}, status=status)


@never_cache
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """`/dev/mail/`: what the local mailbox was given, the newest first."""
    form = SearchForm(request.GET)
    wanted = form.cleaned_data["to"] if form.is_valid() else ""
    try:
        page = mailbox.mails(to=wanted, cursor=request.GET.get("cursor", ""))
    except Malformed:
        return redirect(mailbox.address(to=wanted))
    return render(request, "local/mails.html", {"form": form, "wanted": wanted, "page": page})


@method_decorator([never_cache, csp_update({"frame-src": ["'self'"]})], name="dispatch")
class MailPage(View):
    """One mail as its reader sees it."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return render(request, "local/mail.html", {"mail": mailbox.mail_at(public_id)})


@method_decorator([never_cache, xframe_options_sameorigin, csp(_MAIL_POLICY)], name="dispatch")
class MailHtml(View):
    """The HTML part of a mail, for the frame of its page: it runs nothing, loads nothing and is nobody's origin."""

    def get(self, _request: HttpRequest, public_id: str) -> HttpResponse:
        html = mailbox.mail_at(public_id).html
        if not html:
            raise Http404
        return HttpResponse(mailbox.opening_links_outside(html))
