"""Forms of the account pages: allauth's, with our words, our fields and our services behind them."""

from typing import Any, Final

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
    SignupForm,
)
from django import forms
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError as FormError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Via, actor_of
from accounts.languages import language_here
from accounts.models import Role, User
from accounts.passwords import require_strong
from accounts.policies import SIGN_UP_CHOICES
from accounts.proofs import recently_proved
from accounts.services.email_addresses import SIGN_IN_AGAIN
from accounts.services.resetting import ask_for_reset, set_password_by_mail
from accounts.services.signing_up import EmailTaken, sign_up
from config.lib.errors import ValidationError

_LABELS: Final = {
    "login": _("E-mail"),
    "email": _("E-mail"),
    "password": _("Password"),
    "oldpassword": _("Your password until now"),
    "password1": _("New password"),
    "password2": _("The new password again"),
}
_PASSWORD_HELP: Final = _("8 to 128 characters. Not a common one, and not your name or e-mail.")
_REGIONS: Final = (
    *("Africa", "America", "Antarctica", "Arctic", "Asia"),
    *("Atlantic", "Australia", "Europe", "Indian", "Pacific"),
)
Choices = list[tuple[str, str | list[tuple[str, str]]]]


class LogInForm(LoginForm):  # type: ignore[misc]  # allauth ships no types
    """E-mail, password, and whether this browser is remembered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remember"].label = _("Keep me signed in on this device")
        _in_our_words(self)


class SignUpForm(SignupForm):  # type: ignore[misc]  # allauth ships no types
    """The page's sign-up. It says the same, after the same work, whether or not the e-mail has an account already."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        required=False,
        help_text=_("Optional. Shown where you act, for example in your events."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    role = forms.ChoiceField(label=_("I am a"), choices=SIGN_UP_CHOICES, initial=Role.FAN)
    field_order = ("email", "password1", "name", "role")
    account_already_exists: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _in_our_words(self)
        self.fields["password1"].label = _("Password")

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


class ResetForm(ResetPasswordForm):  # type: ignore[misc]  # allauth ships no types
    """Where to send the link that sets a new password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _in_our_words(self)

    def clean_email(self) -> str:
        """Whose it is, is looked up once, by the service."""
        return str(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **_kwargs: Any) -> str:
        email = str(self.cleaned_data["email"])
        ask_for_reset(email=email)
        return email


class ResetKeyForm(ResetPasswordKeyForm):  # type: ignore[misc]  # allauth ships no types
    """A new password, behind that link."""

    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _in_our_words(self)

    def save(self) -> None:
        request = get_adapter().request
        set_password_by_mail(
            actor=actor_of(request, Via.PAGE),
            user=self.user,
            password=self.cleaned_data["password1"],
            now=timezone.now(),
        )


class ChangeForm(ChangePasswordForm):  # type: ignore[misc]  # allauth ships no types
    """Another password, by whoever knows the present one."""

    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _in_our_words(self)

    def clean_oldpassword(self) -> str:
        """Counted as everywhere: a session that was stolen is no place to guess. Raises FormError."""
        adapter, old = get_adapter(), str(self.cleaned_data["oldpassword"])
        if not adapter.reauthenticate(self.user, old):
            raise adapter.validation_error("enter_current_password")
        return old


class SetForm(SetPasswordForm):  # type: ignore[misc]  # allauth ships no types
    """A first password, for an account that has none, by whoever has signed in a moment ago."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _in_our_words(self)

    def clean(self) -> dict[str, Any]:
        """There is no password to ask for, and a session may be stolen. Raises FormError."""
        if not recently_proved(get_adapter().request):
            raise FormError(SIGN_IN_AGAIN, code="sign_in_again")
        cleaned: dict[str, Any] = super().clean()
        return cleaned


def _in_our_words(form: forms.Form) -> None:
    """Labels say what a field is; allauth's placeholders would say it twice and vanish while typing."""
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        field.label = _LABELS.get(name, field.label)
        if name in {"password", "oldpassword"}:
            field.help_text = ""  # the way to another one stands below the form
        if name == "password1":
            field.help_text = _PASSWORD_HELP
