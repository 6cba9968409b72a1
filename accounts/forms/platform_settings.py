"""Forms for what holds for the whole platform: one kind of field, or several, per kind of setting."""

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.forms.administration import WhyForm
from accounts.platform_settings import LONGEST_NOTICE, Rate, Setting, Several, Spoken, Switch
from config.lib.languages import own_names

_ON_OFF: Final = (("on", _("On")), ("off", _("Off")))


class SettingForm(WhyForm):
    """The setting's own fields, why, and the version it was loaded with."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput())
    field_order: Any = None

    def __init__(self, setting: Setting, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.setting = setting
        own = _FIELDS[setting.kind](setting)
        self.fields = {**own, **self.fields}

    def value(self) -> Any:
        """What was typed, as the setting takes it."""
        data = self.cleaned_data
        if isinstance(self.setting, Switch):
            return data["value"] == "on"
        if isinstance(self.setting, Several):
            return data["value"]
        if isinstance(self.setting, Spoken):
            return {code: words for code in own_names() if (words := data[f"words_{code}"].strip())}
        return {"requests": data["requests"], "seconds": data["seconds"]}


def initial_of(setting: Setting, value: Any) -> dict[str, Any]:
    """What the fields show of a value."""
    if isinstance(setting, Switch):
        return {"value": "on" if value else "off"}
    if isinstance(setting, Spoken):
        return {f"words_{code}": words for code, words in value.items()}
    return dict(value) if isinstance(setting, Rate) else {"value": value}


def _switch(setting: Setting) -> dict[str, forms.Field]:
    return {"value": forms.ChoiceField(label=str(setting.label), choices=_ON_OFF, widget=UnfoldAdminSelectWidget())}


def _several(setting: Setting) -> dict[str, forms.Field]:
    assert isinstance(setting, Several)
    field = forms.MultipleChoiceField(
        label=str(setting.label),
        required=False,
        choices=list(setting.choices.items()),
        widget=forms.CheckboxSelectMultiple(),
    )
    return {"value": field}


def _spoken(_setting: Setting) -> dict[str, forms.Field]:
    return {
        f"words_{code}": forms.CharField(
            label=name,
            required=False,
            max_length=LONGEST_NOTICE,
            widget=UnfoldAdminTextInputWidget(attrs={"lang": code}),
        )
        for code, name in own_names().items()
    }


def _rate(_setting: Setting) -> dict[str, forms.Field]:
    def number(label: Any) -> forms.IntegerField:
        return forms.IntegerField(label=label, min_value=1, widget=UnfoldAdminIntegerFieldWidget())

    return {"requests": number(_("Requests")), "seconds": number(_("Seconds"))}


_FIELDS: Final[dict[str, Callable[[Setting], dict[str, forms.Field]]]] = {
    "switch": _switch,
    "several": _several,
    "spoken": _spoken,
    "rate": _rate,
}
