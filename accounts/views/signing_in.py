"""allauth's pages of the entrance, where ours do a little more."""

from typing import Any, Final

from allauth.account.views import LoginView, PasswordResetFromKeyView
from django import forms
from django.http import HttpResponse
from django.utils import timezone

from accounts import known_browsers
from accounts.services.proving import AccountLocked


class LogInPage(LoginView):  # type: ignore[misc]  # allauth ships no types
    """Says to programs, too, that somebody must wait, and how long."""

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        for error in form.non_field_errors().as_data():
            if wait := (error.params or {}).get("retry_after"):
                response.status_code = AccountLocked.status
                response["Retry-After"] = str(wait)
        return response


class NewPasswordPage(PasswordResetFromKeyView):  # type: ignore[misc]  # likewise
    """The browser in which its owner has set a new password is known to the account."""

    reset_user: Any

    def form_valid(self, form: forms.Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        known_browsers.remember(response, email=self.reset_user.email, now=timezone.now())
        return response


log_in: Final = LogInPage.as_view()
new_password: Final = NewPasswordPage.as_view()
