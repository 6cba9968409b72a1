"""`/me/settings/phone/`: showing that a phone is one's own."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actors import Via, actor_of
from accounts.forms.phones import CodeForm, PhoneForm
from accounts.models import User
from accounts.services.phones import ask_for_code, confirm_code, pending_code
from config.lib.errors import Refusal, ValidationError
from config.lib.phone_numbers import dialled


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def my_phone(request: HttpRequest) -> HttpResponse:
    """A phone gets a code, and the code typed here makes it the account's. What was typed stays."""
    assert isinstance(request.user, User)
    asking = PhoneForm(request.POST if "phone" in request.POST else None)
    coding = CodeForm(request.POST if "code" in request.POST else None)
    status = 200
    if request.method == "POST":
        status = _confirmed(request, coding) if coding.is_bound else _asked(request, asking)
        if status == HttpResponse.status_code:
            return redirect("my-settings" if coding.is_bound else "my-phone")
    sent = pending_code(user=request.user, now=timezone.now())
    asking.initial["phone"] = sent.phone if sent else request.user.phone
    page = {"asking": asking, "coding": coding, "sent_to": dialled(sent.phone) if sent else ""}
    return render(request, "me/phone.html", page, status=status)


def _asked(request: HttpRequest, form: PhoneForm) -> int:
    """200 once a code is on its way, else the status of why not."""
    if not form.is_valid():
        return ValidationError.status
    try:
        ask_for_code(actor=actor_of(request, Via.PAGE), phone=form.cleaned_data["phone"], now=timezone.now())
    except Refusal as refusal:
        form.refuse(refusal, field="phone")
        return refusal.status
    return HttpResponse.status_code


def _confirmed(request: HttpRequest, form: CodeForm) -> int:
    """200 once the phone is verified, else the status of why not."""
    if not form.is_valid():
        return ValidationError.status
    try:
        confirm_code(actor=actor_of(request, Via.PAGE), code=form.cleaned_data["code"], now=timezone.now())
    except Refusal as refusal:
        form.refuse(refusal, field="code")
        return refusal.status
    messages.success(request, _("Your phone is verified."))
    return HttpResponse.status_code
