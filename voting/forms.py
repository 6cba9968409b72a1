"""What people fill in about votes."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from voting.models import RECEIPT_LENGTH


class BallotForm(forms.Form):
    """The ballot of a round, as it is drawn. `lines` are (ballot number, artist), in order."""

    choice = forms.ChoiceField(widget=forms.RadioSelect, error_messages={"required": _("Choose an artist first.")})

    def __init__(self, *args: Any, lines: Sequence[tuple[str, str]], question: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["choice"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = list(lines)
        choice.label = question


class VoteForm(forms.Form):
    """A vote as it comes back: for the ballot number `choice`, in the round that `token` names."""

    choice = forms.IntegerField(min_value=1, max_value=32_767)
    token = forms.CharField(required=False)  # without one it is refused by name, like any token that is not genuine


_OUR_ANSWER: Final = _("The 12 letters and digits in our answer to your vote.")


class ReceiptForm(forms.Form):
    """The code of our answer to a vote. What is no such code is part of no address."""

    receipt = forms.CharField(
        label=_("Receipt"),
        max_length=2 * RECEIPT_LENGTH,
        help_text=_OUR_ANSWER,
        validators=[RegexValidator(r"\A[0-9A-Za-z]*\Z", _OUR_ANSWER)],
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )
