"""Forms of the second step: allauth's, with our words, our limits and our services behind them."""

import struct
from typing import Any, Final

from allauth.account.forms import ReauthenticateForm
from allauth.core import context
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.core.exceptions import ValidationError as FormError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from accounts.actors import Via, actor_of
from accounts.models import User
from accounts.services.second_factor import NAME_LENGTH
from accounts.services.second_step import note_passkey, use_code
from config.lib.errors import Refusal
from config.lib.public_ids import LENGTH

_CODE_LENGTH: Final = 32
_UNREADABLE: Final = (TypeError, ValueError, LookupError, AttributeError, struct.error)
_DIGITS: Final = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}


def code_field(label: Any, help_text: Any, **attributes: str) -> forms.CharField:
    """Six digits of an app, or a recovery code; spaces and dashes do not matter."""
    widget = forms.TextInput(attrs={**_DIGITS, **attributes})
    return forms.CharField(label=label, help_text=help_text, max_length=_CODE_LENGTH, widget=widget)


class CredentialField(forms.JSONField):
    """What the browser's authenticator answered, as JSON (WebAuthn, section 5.1); `reads` is fido2's class for it.

    Read here once, because the readers of fido2 and allauth let much of what no browser sends pass as a fault of ours.
    """

    widget = forms.HiddenInput
    default_error_messages = {
        "required": _("Passkeys need JavaScript, and a browser that knows them."),
        "invalid": _("Your browser sent nothing we can read. Try again."),
    }

    def __init__(self, reads: Any, **kwargs: Any) -> None:
        self.reads = reads
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        sent = super().to_python(value)
        if sent in self.empty_values:
            return None
        try:
            self.reads.from_dict(sent)
        except _UNREADABLE as error:
            raise FormError(self.error_messages["invalid"], code="invalid") from error
        return sent


class ConfirmByPasswordForm(ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The password of somebody who is signed in and about to change something."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["password"]
        field.label, field.help_text = _("Password"), ""
        field.widget.attrs.pop("placeholder", None)


class CodeForm(forms.Form):
    """The second step of signing in, by a code. `user` has shown the password."""

    code = code_field(_("Code"), _("The six digits your app shows now, or one of your recovery codes."))
    reauthenticated = False

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_code(self) -> str:
        """The code is used up here, whatever comes of the rest."""
        code: str = self.cleaned_data["code"]
        actor = actor_of(context.request, Via.PAGE)
        try:
            self.authenticator = use_code(actor=actor, user=self.user, code=code, now=timezone.now())
        except Refusal as refusal:
            raise FormError(str(refusal), code=refusal.code.lower()) from refusal
        return code

    def save(self) -> None:
        post_authentication(context.request, self.authenticator, reauthenticated=self.reauthenticated)


class ConfirmByCodeForm(CodeForm):
    """The same, of somebody who is signed in and about to change something."""

    reauthenticated = True


class AddAppForm(forms.Form):
    """The code that shows that the app has the secret. The page's view gives both to the service."""

    code = code_field(_("The six digits it shows now"), "", inputmode="numeric")

    def __init__(self, *args: Any, user: User, secret: str, **kwargs: Any) -> None:
        self.secret = secret
        super().__init__(*args, **kwargs)

    def refuse(self, refusal: Refusal) -> None:
        """Say beside the field why the service did not take it."""
        self.add_error("code", str(refusal))


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """A name for it, and what the browser answered."""

    credential = CredentialField(RegistrationResponse)
    passwordless = None  # each signs in by itself: the authenticator checks a fingerprint, a face or a PIN

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["name"]
        name.label, name.max_length = _("What to call it"), NAME_LENGTH
        name.help_text = _("So that you know it again: the phone or computer it is on.")
        name.widget.attrs.update(maxlength=NAME_LENGTH, autocomplete="off")


class RenamePasskeyForm(forms.Form):
    """What to call a passkey from now on."""

    name = forms.CharField(
        label=_("What to call it"), max_length=NAME_LENGTH, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class SecondStepByPasskeyForm(AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """The second step of signing in, by a passkey."""

    credential = CredentialField(AuthenticationResponse)

    def save(self) -> None:
        _note(context.request, self.cleaned_data["credential"])
        super().save()


class ConfirmByPasskeyForm(SecondStepByPasskeyForm):
    """The same, of somebody who is signed in and about to change something."""

    reauthenticated = True


class PasskeyForm(forms.Form):
    """Signing in with a passkey alone. `credential` becomes allauth's row of the passkey that answered."""

    credential = CredentialField(AuthenticationResponse)

    def clean_credential(self) -> Any:
        credential = self.cleaned_data["credential"]
        return auth.complete_authentication(_owner_named_by(credential), credential)


def _owner_named_by(credential: Any) -> User:
    """Whose passkey it says it is, which its signature has yet to show. Raises Django's ValidationError."""
    handle = credential["response"].get("userHandle") or ""
    name = auth.websafe_decode(handle)[: LENGTH + 1].decode("ascii", "replace")
    user = User.objects.filter(public_id=name).first()
    if user is None:
        raise FormError(_("We do not know this passkey. Sign in with your password."), code="unknown")
    return user


def _note(request: HttpRequest, passkey: Any) -> None:
    note_passkey(actor=actor_of(request, Via.PAGE), passkey=passkey, now=timezone.now())
