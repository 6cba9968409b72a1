"""What is asked on the pages of the local phone and mailbox."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from config.lib.phone_numbers import e164

LONGEST_TEXT: Final = 1600  # what one text can carry at most (Twilio error 21617)


class AddForm(forms.Form):
    """One phone more on the desk."""

    add = forms.CharField(label=_("Another phone"), widget=forms.TextInput(attrs={"type": "tel", "size": 18}))

    def clean_add(self) -> str:
        """E.164."""
        number = e164(self.cleaned_data["add"])
        if not number:
            raise forms.ValidationError(_("Write the number with its country code, like +44 7700 900101."))
        return number


class TextForm(forms.Form):
    """What a phone sends."""

    phone = forms.CharField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Text message"),
        max_length=LONGEST_TEXT,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "enterkeyhint": "send", "placeholder": _("Text message")}),
    )


class _Search(forms.TextInput):
    input_type = "search"


class SearchForm(forms.Form):
    """Whose mails are wanted."""

    to = forms.CharField(label=_("Recipient"), max_length=254, required=False, widget=_Search)
