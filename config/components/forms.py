"""Asking people for something, and telling them what was wrong next to it."""

from typing import Any, Final, Literal

from django.forms import BaseForm, BoundField
from django.forms.utils import ErrorList
from django.forms.widgets import CheckboxInput, Select, Textarea
from django.utils.safestring import SafeString

from config.components.declaration import Component, Text


class Field(Component):
    """A field of a Django form: label, help, widget, and what is wrong, tied together for screen readers.

    `layout="toggles"` sets radio buttons and check boxes side by side, `"inline"` puts the label before a short widget,
    `"bare"` hides the label from eyes only. `action` is the label of a brass button joined to the field (a search).
    """

    field: BoundField
    layout: Literal["stacked", "inline", "toggles", "bare"] = "stacked"
    action: Text = ""

    @property
    def shape(self) -> str:
        if isinstance(self.field.field.widget, CheckboxInput):
            return "check"
        return "group" if self.field.use_fieldset else "single"

    @property
    def widget(self) -> SafeString:
        widget = self.field.field.widget
        wanted: dict[str, Any] = {"class": "input"}
        if isinstance(widget, Select):
            wanted["class"] = "input select"
        elif isinstance(widget, Textarea):
            wanted["class"] = "input textarea"
        elif isinstance(widget, CheckboxInput):
            wanted["class"] = "tick"
        return self.field.as_widget(attrs=wanted)

    @property
    def described_by(self) -> str:
        """The ids of help and error, which Django gives to a single widget itself but not to a group."""
        return self.field.aria_describedby or ""

    @property
    def errors(self) -> ErrorList:
        return self.field.errors


class FormSummary(Component):
    """Above a form that came back: how many things to mend, each a link to its field. Nothing when there are none."""

    form: BaseForm

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """(address of the field or "", its label, what is wrong), in the order of the form."""
        general = [("", "", str(error)) for error in self.form.non_field_errors()]
        return general + [
            (f"#{field.id_for_label or field.auto_id}", str(field.label), str(error))
            for field in self.form
            for error in field.errors
        ]


class Ballot(Component):
    """The paper a fan votes on: a radio field whose values are ballot numbers and whose labels are artists."""

    field: BoundField

    @property
    def errors(self) -> ErrorList:
        return self.field.errors


COMPONENTS: Final = (Field, FormSummary, Ballot)
