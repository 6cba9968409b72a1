"""The form that completes a sign-up by Google, Apple or Spotify."""

from typing import Any

from allauth.socialaccount.forms import SignupForm
from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from accounts.policies import SIGN_UP_CHOICES
from accounts.services.signing_up import EmailTaken


class CompleteForm(SignupForm):  # type: ignore[misc]  # allauth ships no types
    """What the provider said of them is filled in; like the other sign-up it says nothing of an address that is taken."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        required=False,
        help_text=_("Optional. Shown where you act, for example in your events."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    role = forms.ChoiceField(label=_("I am a"), choices=SIGN_UP_CHOICES, initial=Role.FAN)
    field_order = ("email", "name", "role")
    account_already_exists: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["name"] = self.sociallogin.user.name
        self.fields["email"].label = _("E-mail")
        self.fields["email"].widget.attrs.pop("placeholder", None)

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """The new user, or allauth's answer for a known e-mail: the same page, and a mail to its owner."""
        if not self.account_already_exists:
            try:
                return self.save(request), None
            except EmailTaken:  # somebody was quicker between the check and the insert
                self.account_already_exists = True
        user, response = super().try_save(request)
        return user, response
