"""The form of which kinds of message come."""

from collections.abc import Sequence

from django import forms
from django.http import QueryDict

from messaging.kind_choices import KindChoice


class KindChoicesForm(forms.Form):
    """A field for each kind that can be chosen; its values are channels."""

    def __init__(self, data: QueryDict | None, *, choices: Sequence[KindChoice]) -> None:
        super().__init__(data)
        for choice in choices:
            if not choice.is_fixed:
                self.fields[choice.kind] = forms.MultipleChoiceField(
                    label=str(choice.words),
                    required=False,
                    choices=[(channel.value, channel.label) for channel in choice.channels],
                    initial=[channel.value for channel, is_on in choice.channels.items() if is_on],
                    widget=forms.CheckboxSelectMultiple,
                )

    def wanted(self) -> set[tuple[str, str]]:
        """(kind, channel) of all that is ticked, once the form is valid."""
        return {(kind, channel) for kind, channels in self.cleaned_data.items() for channel in channels}
