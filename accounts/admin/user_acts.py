"""What an admin does to an account, each after a page that says what it will do and asks why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, Via, actor_of
from accounts.console.site import ConsoleSite
from accounts.forms.administration import RoleForm, SuspendForm, ToldWhyForm, WhyForm
from accounts.models import User
from accounts.policies import sees_everything
from accounts.services.impersonating import start_looking
from accounts.services.roles import change_role
from accounts.services.second_factor import remove_second_factors
from accounts.services.sessions import force_sign_out
from accounts.services.supporting import send_reset, send_verification, unlock_for
from accounts.services.suspending import restore, suspend
from config.lib.errors import Refusal

Words = str | Promise
Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """`will` says what it does, a sentence each; `done` what to say afterwards."""

    label: Words
    will: tuple[Words, ...]
    done: Words
    form: type[forms.Form]
    service: Callable[[Actor, User, Data, datetime], None]
    is_grave: bool = False


def _look_in_the_view(_actor: Actor, _user: User, _data: Data, _now: datetime) -> None:
    """The view does it: its answer carries another session."""


def _suspend(actor: Actor, user: User, data: Data, now: datetime) -> None:
    suspend(actor=actor, user=user, reason=data["reason"], until=data["until"], now=now)


def _restore(actor: Actor, user: User, data: Data, now: datetime) -> None:
    restore(actor=actor, user=user, why=data["reason"], now=now)


def _role(actor: Actor, user: User, data: Data, now: datetime) -> None:
    change_role(actor=actor, user=user, role=data["role"], why=data["reason"], now=now)


def _sign_out(actor: Actor, user: User, data: Data, now: datetime) -> None:
    force_sign_out(actor=actor, user=user, why=data["reason"], now=now)


def _factors(actor: Actor, user: User, data: Data, now: datetime) -> None:
    remove_second_factors(actor=actor.because(data["reason"]), user=user, now=now)


def _reset(actor: Actor, user: User, data: Data, now: datetime) -> None:
    send_reset(actor=actor.because(data["reason"]), user=user, now=now)


def _verify(actor: Actor, user: User, data: Data, now: datetime) -> None:
    send_verification(actor=actor.because(data["reason"]), user=user, now=now)


def _unlock(actor: Actor, user: User, data: Data, now: datetime) -> None:
    unlock_for(actor=actor.because(data["reason"]), user=user, now=now)


ACTS: Final[Mapping[str, Act]] = {
    "look": Act(
        _("Look as them"),
        (
            _("For half an hour at most, this browser shows the site as they see it, with a bar that ends it."),
            _("What you do meanwhile is done by them, and the audit says that it was you."),
            _(
                "Their password, e-mail address, keys and privacy stay theirs. They are told, unless the settings say otherwise."
            ),
        ),
        _("You look at the site as them now."),
        ToldWhyForm,
        _look_in_the_view,
    ),
    "role": Act(
        _("Change role"),
        (_("It holds from their next page on, and they are told by mail."),),
        _("The role is changed."),
        RoleForm,
        _role,
    ),
    "sign-out": Act(
        _("Sign out of everything"),
        (_("Every browser and app is signed out at once. They sign in again as before."),),
        _("Signed out of everything."),
        WhyForm,
        _sign_out,
    ),
    "reset": Act(
        _("Send a link for a new password"),
        (_("It goes to their e-mail address. The password of today works until they set another one."),),
        _("The link is on its way."),
        WhyForm,
        _reset,
    ),
    "verify": Act(
        _("Send the link that confirms the address"),
        (_("It goes to the e-mail address that waits to be confirmed."),),
        _("The link is on its way."),
        WhyForm,
        _verify,
    ),
    "unlock": Act(
        _("Unlock"),
        (_("The wrong passwords are forgotten, and they may try at once."),),
        _("The account is open."),
        WhyForm,
        _unlock,
    ),
    "factors": Act(
        _("Switch two-step sign-in off"),
        (
            _("Make sure that it is them who ask: from then on the password alone signs in."),
            _("They are told by mail."),
        ),
        _("Two-step sign-in is off."),
        WhyForm,
        _factors,
        is_grave=True,
    ),
    "suspend": Act(
        _("Suspend"),
        (
            _(
                "Nobody can sign in with this account, and everything it is signed in with ends at once. Its API keys are refused."
            ),
            _("What belongs to it stays as it is: events go on, and what is public stays public."),
        ),
        _("The account is suspended."),
        SuspendForm,
        _suspend,
        is_grave=True,
    ),
    "restore": Act(
        _("Restore"),
        (_("The account can be used again, and they are told by mail."),),
        _("The account is restored."),
        WhyForm,
        _restore,
    ),
}


def act_on(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """`/admin/accounts/user/<pk>/do/<name>/`: says what it will do and asks why; then does it."""
    actor = actor_of(request, Via.ADMIN)
    if not sees_everything(actor):
        raise PermissionDenied
    user, act = get_object_or_404(User, pk=pk), ACTS.get(name)
    if act is None:
        raise Http404
    initial = {"role": user.role}
    form = act.form(request.POST if request.method == "POST" else None, initial=initial)
    refusal: Refusal | None = None
    if form.is_valid():
        try:
            _do(request, actor, user, name, form.cleaned_data)
        except Refusal as refused:
            refusal = _told(form, refused)
        else:
            messages.success(request, str(act.done))
            return redirect("me") if name == "look" else redirect("admin:accounts_user_change", pk)
    return _page(request, user, act, form, refusal)


def _do(request: HttpRequest, actor: Actor, user: User, name: str, data: Data) -> None:
    now = timezone.now()
    if name != "look":
        ACTS[name].service(actor, user, data, now)
        return
    own = request.session.session_key or ""
    request.session = start_looking(actor=actor, user=user, reason=data["reason"], own_session=own, now=now)


def _told(form: forms.Form, refusal: Refusal) -> Refusal:
    for detail in refusal.details:
        if detail.field in form.fields:
            form.add_error(detail.field, str(detail.message))
    return refusal


def _page(request: HttpRequest, user: User, act: Act, form: forms.Form, refusal: Refusal | None) -> TemplateResponse:
    context = {
        **admin.site.each_context(request),
        "title": act.label,
        "subtitle": None,
        "below": True,
        "opts": User._meta,
        "original": user,
        "user_of_page": user,
        "act": act,
        "form": form,
        "refusal": refusal,
    }
    return TemplateResponse(request, "admin/accounts/user/act.html", context, status=refusal.status if refusal else 200)


cast(ConsoleSite, admin.site).add_page("accounts/user/<int:pk>/do/<slug:name>/", act_on, "accounts_user_act")
