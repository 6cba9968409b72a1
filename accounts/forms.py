"""Forms of the account pages: allauth's, with our words, our fields and our services behind them."""

from typing import Any

from allauth.account.forms import LoginForm, SignupForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Via, actor_of
from accounts.languages import language_here
from accounts.models import Role, User
from accounts.passwords import require_strong
from accounts.policies import SIGN_UP_ROLES
from accounts.services.signing_up import EmailTaken, sign_up
from config.lib.errors import ValidationError


class LogInForm(LoginForm):  # type: ignore[misc]  # allauth ships no types
    """E-mail, password, and whether this browser is remembered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")
        self.fields["remember"].label = _("Keep me signed in on this device")
        _without_placeholders(self)


class SignUpForm(SignupForm):  # type: ignore[misc]  # allauth ships no types
    """The page's sign-up. It says the same, after the same work, whether or not the e-mail has an account already."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        required=False,
        help_text=_("Optional. Shown where you act, for example in your events."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    role = forms.ChoiceField(
        label=_("I am a"), choices=[(role.value, role.label) for role in SIGN_UP_ROLES], initial=Role.FAN
    )
    field_order = ("email", "password1", "name", "role")
    account_already_exists: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")
        _without_placeholders(self)

    def clean(self) -> dict[str, Any]:
        """The password was checked against the e-mail; this adds the name, which allauth does not know."""
        cleaned: dict[str, Any] = super().clean()
        if password := cleaned.get("password1"):
            try:
                require_strong(password, user=User(email=cleaned.get("email", ""), name=cleaned.get("name", "")))
            except ValidationError as refusal:
                for detail in refusal.details:
                    self.add_error("password1", detail.message)
        return cleaned

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """The new user, or allauth's answer for a known e-mail: the same page, and a mail to its owner."""
        if not self.account_already_exists:
            try:
                return self.save(request), None
            except EmailTaken:  # somebody was quicker between the check and the insert
                self.account_already_exists = True
        make_password(self.cleaned_data["password1"])
        user, response = super().try_save(request)
        return user, response

    def save(self, request: HttpRequest) -> User:
        data = self.cleaned_data
        return sign_up(
            actor=actor_of(request, Via.PAGE),
            email=data["email"],
            password=data["password1"],
            name=data["name"],
            role=data["role"],
            language=language_here(),
            now=timezone.now(),
        )


def _without_placeholders(form: forms.Form) -> None:
    """Labels say what a field is; allauth's placeholders would say it twice and vanish while typing."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
