"""What our pages ask beyond allauth's own forms."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User

SIGN_UP_ROLES = (Role.FAN, Role.ARTIST, Role.DEVELOPER)


class SignupExtras(forms.Form):
    """The part of the sign-up form that is ours."""

    name = forms.CharField(label=_("Your name"), max_length=150, required=False)
    role = forms.ChoiceField(
        label=_("I am a"), choices=[(role.value, role.label) for role in SIGN_UP_ROLES], initial=Role.FAN
    )

    def signup(self, request: HttpRequest, user: User) -> None:
        """allauth calls this once the user is saved."""
        data: dict[str, Any] = self.cleaned_data
        user.name, user.role = data["name"], data["role"]
        user.save(update_fields=["name", "role"])
