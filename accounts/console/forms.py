"""Forms of the console: what a service refuses is told next to what was typed."""

from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple, cast

from django import forms
from django.db import models
from django.forms.models import construct_instance
from django.http import QueryDict
from django.utils.translation import gettext as _

from config.lib.errors import Detail, Refusal, StaleVersion

VERSION: Final = "version"

if TYPE_CHECKING:
    TypedForm = forms.ModelForm
else:

    class TypedForm(forms.ModelForm):
        """`ModelForm[Model]` for the type checker; at run time the brackets change nothing."""

        def __class_getitem__(cls, model: type) -> type:
            return cls


class Refused(NamedTuple):
    """What a service said no to: the page's own form, or the line with this prefix."""

    refusal: Refusal
    prefix: str = ""


class ConsoleForm(TypedForm[models.Model]):
    """A form whose values a service checks and stores. `refused` is what it said the first time."""

    refused: ClassVar[Refused | None] = None

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came
        if VERSION in self.fields:
            self.fields[VERSION].widget = forms.HiddenInput()
        if self.prefix:  # a line of a table: the heads of its columns are no labels
            for field in self.fields.values():
                drawn: Any = getattr(field.widget, "widget", field.widget)  # inside the wrapper with "add another"
                drawn.attrs.setdefault("aria-label", str(field.label or ""))

    def clean(self) -> dict[str, object]:
        cleaned: dict[str, object] = super().clean() or self.cleaned_data
        if self.refused and self.refused.prefix == (self.prefix or ""):
            self._tell(self.refused.refusal)
        return cleaned

    def _post_clean(self) -> None:
        """What was typed goes onto the row for Django to show. Whether it may stand there is for the service to say, in
        our words and with what is stored by then; so the row is not validated here.
        """
        construct_instance(self, self.instance, self._meta.fields, self._meta.exclude)

    def field_of(self, name: str) -> str | None:
        """The form's field for a `Detail.field` of a service; None: the words stand above the form."""
        return name if name in self.fields else None

    def _tell(self, refusal: Refusal) -> None:
        if isinstance(refusal, StaleVersion):
            self._tell_what_is_stored()
            return
        unplaced: list[Detail] = []
        for detail in refusal.details:
            if field := self.field_of(detail.field):
                self.add_error(field, str(detail.message))
            else:
                unplaced.append(detail)
        if unplaced or not refusal.details:
            told = dict.fromkeys([str(refusal), *(str(detail.message) for detail in unplaced)])
            self.add_error(None, " ".join(told))

    def _tell_what_is_stored(self) -> None:
        """What was typed stays; saving again stores it over what somebody else has stored meanwhile."""
        self.add_error(
            None,
            _(
                "Someone changed this while you were writing. What you typed is kept below, next to what is stored now. "
                "Save again to store yours."
            ),
        )
        for name in self.changed_data:
            if name != VERSION and name in self.fields:
                self.add_error(name, _("Stored now: %(value)s") % {"value": self._stored(name)})
        posted = cast("QueryDict", self.data).copy()
        posted[self.add_prefix(VERSION)] = str(self.initial.get(VERSION, ""))
        self.data = posted

    def _stored(self, name: str) -> str:
        """The stored value in words."""
        field, value = self.fields[name], self[name].initial
        if isinstance(field, forms.ModelChoiceField):
            return str(field.queryset.filter(pk=value).first() or "-") if field.queryset is not None else "-"
        if isinstance(field, forms.ChoiceField):
            return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]  # our choices are flat pairs
        return str(field.widget.format_value(value) or "-")
