"""The form that makes an API key."""

from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.keys import NAME_LENGTH
from accounts.policies import scopes_for_keys
from accounts.scopes import CATALOGUE
from config.lib.errors import Refusal, ValidationError

_NEVER: Final = "never"
_LIVES: Final = (
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("365", _("One year")),
    (_NEVER, _("Until I revoke it")),
)


class KeyForm(forms.Form):
    """What a key is called, what it may do (of what the role of `user` gives), and how long it lives."""

    name = forms.CharField(
        label=_("Name"),
        max_length=NAME_LENGTH,
        help_text=_("For you: where the key is used."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        help_text=_("Give it only what it needs. Whoever holds the key can do all of this in your name."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one thing the key may do.")},
    )
    lives = forms.ChoiceField(label=_("It works for"), choices=_LIVES, initial="90")

    def __init__(self, data: QueryDict | None, *, user: User) -> None:
        super().__init__(data)
        self.refused_with = ValidationError.status
        given, field = scopes_for_keys(user), self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (name, format_html("{} <code>{}</code>", words, name)) for name, words in CATALOGUE.items() if name in given
        ]

    def wanted(self, *, now: datetime) -> dict[str, Any]:
        """What the service is asked for, once the form is valid."""
        lives = self.cleaned_data["lives"]
        expires_at = None if lives == _NEVER else now + timedelta(days=int(lives))
        return {"name": self.cleaned_data["name"], "scopes": self.cleaned_data["scopes"], "expires_at": expires_at}

    def refuse(self, refusal: Refusal) -> None:
        """Say what the service objected to, beside the field where it names one."""
        self.refused_with = refusal.status
        for detail in refusal.details:
            self.add_error(detail.field, str(detail.message))
        if not refusal.details:
            self.add_error(None, str(refusal))
