"""The form that asks to be forgotten."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.passwords import MAXIMUM
from config.lib.errors import Refusal, ValidationError


class EraseForm(forms.Form):
    """Typed out, so that nobody does it by a slip: the own e-mail address, and the password where there is one."""

    email = forms.CharField(
        label=_("Type your e-mail address"),
        max_length=254,
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "off", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Your password"),
        max_length=MAXIMUM,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: User, recently: bool) -> None:
        super().__init__(*args)
        self.user = user
        self.refused_with = ValidationError.status
        if recently or not user.has_usable_password():
            del self.fields["password"]

    def clean_email(self) -> str:
        typed: str = self.cleaned_data["email"]
        if typed.strip().lower() != self.user.email:
            raise forms.ValidationError(_("This is not the address you sign in with."), code="mismatch")
        return typed

    def typed_password(self) -> str:
        """What was typed, or nothing where none is asked for."""
        return str(self.cleaned_data.get("password", ""))

    def refuse(self, refusal: Refusal) -> None:
        """Say what the service objected to."""
        self.refused_with = refusal.status
        for detail in refusal.details:
            self.add_error(detail.field if detail.field in self.fields else None, str(detail.message))
        if not refusal.details:
            self.add_error(None, str(refusal))
