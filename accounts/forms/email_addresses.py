"""The form that asks for another e-mail address."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.passwords import MAXIMUM
from config.lib.errors import Refusal, ValidationError


class ChangeEmailForm(forms.Form):
    """The new address, and the password of an account that has one."""

    email = forms.EmailField(
        label=_("New e-mail"),
        max_length=254,
        help_text=_("We send a link there. Nothing changes before you open it and press the button."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        label=_("Your password"),
        max_length=MAXIMUM,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, data: QueryDict | None, *, user: User) -> None:
        super().__init__(data)
        self.refused_with = ValidationError.status
        if not user.has_usable_password():
            del self.fields["password"]

    def refuse(self, refusal: Refusal) -> None:
        """Say what the service objected to, beside the field where it names one."""
        self.refused_with = refusal.status
        for detail in refusal.details:
            self.add_error(detail.field, str(detail.message))
        if not refusal.details:
            self.add_error(None, str(refusal))
