"""The second step of signing in, and showing again who one is before something sensitive: allauth's pages, with ours inside."""

from typing import Any

from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn.views import LoginWebAuthnView, ReauthenticateWebAuthnView
from django.http import HttpResponse
from django.utils import timezone

from accounts.actors import Via, actor_of
from accounts.passkey_origins import works_at
from accounts.second_factors import second_factors_of
from accounts.services.second_step import note_passkey


class SecondStep(AuthenticateView):  # type: ignore[misc]  # allauth ships no types
    """After the right password: a code, or a passkey."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        factors = second_factors_of(self.stage.login.user)
        by_passkey = bool(factors.passkeys) and works_at(self.request.get_host())
        return context | {"factors": factors, "by_passkey": by_passkey}


class SignInByPasskey(LoginWebAuthnView):  # type: ignore[misc]  # allauth ships no types
    """A passkey alone: what it asks for (JSON, for the page's script), and what came back."""

    def form_valid(self, form: Any) -> HttpResponse:
        passkey = form.cleaned_data["credential"]
        actor = actor_of(self.request, Via.PAGE)
        note_passkey(actor=actor, passkey=passkey, now=timezone.now(), instead_of_password=True)
        response: HttpResponse = super().form_valid(form)
        return response


class ConfirmByPasskey(ReauthenticateWebAuthnView):  # type: ignore[misc]  # allauth ships no types
    """By a passkey, of somebody who is signed in."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """The page again: allauth would go to the sign-in, which sends on whoever is signed in."""
        response: HttpResponse = self.render_to_response(self.get_context_data(form=form), status=422)
        return response


second_step = SecondStep.as_view()
sign_in_by_passkey = SignInByPasskey.as_view()
confirm_by_passkey = ConfirmByPasskey.as_view()
