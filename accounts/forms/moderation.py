"""Forms of moderation: what people report, and what owners answer."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Breach, Outcome
from accounts.models.moderation import WORDS_LENGTH
from config.lib.errors import Refusal


class _Refusable(forms.Form):
    def refuse(self, refusal: Refusal) -> None:
        """Say what the service objected to, beside its field where it has one."""
        for detail in refusal.details:
            self.add_error(detail.field if detail.field in self.fields else None, str(detail.message))
        if not refusal.details:
            self.add_error(None, str(refusal))


class ReportForm(_Refusable):
    """What is wrong with something."""

    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=Breach.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what fits best.")},
    )
    words = forms.CharField(
        label=_("Tell us more, if you like"),
        required=False,
        max_length=WORDS_LENGTH,
        help_text=_("Only our admins read it. Whoever it is about does not learn who you are."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AppealForm(_Refusable):
    """Why a decision is wrong."""

    words = forms.CharField(
        label=_("Why is the decision wrong?"),
        max_length=WORDS_LENGTH,
        help_text=_("Somebody who did not make the decision reads it."),
        error_messages={"required": _("Tell us why: it is all we have to go by.")},
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class _Seen(_Refusable):
    """Says which version of the case was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class DecisionForm(_Seen):
    """The reason of a decision, as a code and in words."""

    reason = forms.ChoiceField(label=_("Reason"), choices=Breach.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("Why"),
        max_length=WORDS_LENGTH,
        help_text=_("The owner reads this, in a mail and on their page."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class AnswerForm(_Seen):
    """The answer to an appeal."""

    outcome = forms.ChoiceField(
        label=_("What becomes of the decision"), choices=Outcome.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("Why"),
        max_length=WORDS_LENGTH,
        help_text=_("The owner reads this, in a mail and on their page."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
