"""Forms of the page that verifies a phone."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.services.phones import DIGITS
from config.lib.errors import Refusal


class _Refusable(forms.Form):
    def refuse(self, refusal: Refusal, *, field: str) -> None:
        """Say why beside the field: all of these concern the one there is."""
        words = [str(detail.message) for detail in refusal.details] or [str(refusal)]
        self.add_error(field, words)


class PhoneForm(_Refusable):
    """Where to text a code."""

    phone = forms.CharField(
        label=_("Phone"),
        max_length=32,
        help_text=_("With its country code, for example +12025550123."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )


class CodeForm(_Refusable):
    """The code that came."""

    code = forms.RegexField(
        rf"^\d{{{DIGITS}}}$",
        label=_("The six digits we texted"),
        error_messages={"invalid": _("The code has six digits, nothing else.")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
