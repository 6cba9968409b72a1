"""The settings form of whoever is signed in."""

from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from accounts.forms.user_settings import set_values, setting_fields
from accounts.models import Language, User
from accounts.picture_addresses import picture_address
from accounts.pictures.refusals import PictureTooLarge
from accounts.services.profile import time_zones
from accounts.user_settings import Value
from config.lib.errors import Refusal, StaleVersion, ValidationError

_REGIONS: Final = (
    *("Africa", "America", "Antarctica", "Arctic", "Asia"),
    *("Atlantic", "Australia", "Europe", "Indian", "Pacific"),
)
_SHOWN_WIDTH: Final = 256
Choices = list[tuple[str, str | list[tuple[str, str]]]]


class ProfileForm(forms.Form):
    """What a person says about themselves, and the version of it that they saw; and what they have set.

    A picture that was sent is kept while something else is to be mended: `picked` is the id of its upload.
    """

    avatar = forms.FileField(
        label=_("Your picture"),
        required=False,
        help_text=_("A JPEG, PNG, WebP or GIF of at most 10 MB. Where it was taken is not kept."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )
    remove = forms.BooleanField(label=_("Take my picture away"), required=False)
    name = forms.CharField(
        label=_("Your name"), max_length=150, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=Language.choices, help_text=_("Of these pages, and of mail about your account.")
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Yours. Times of a night are always those of its venue.")
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=32,
        required=False,
        help_text=_("With its country code, for example +12025550123. Texts keep going to the phone you joined with."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict | None, files: "MultiValueDict[str, UploadedFile[bytes]] | None" = None, *, user: User
    ) -> None:
        """The form as the account stands, or as it was sent."""
        stored = {name: getattr(user, name) for name in ("name", "language", "time_zone", "phone", "version")}
        super().__init__(data, files, initial=stored)
        self.user = user
        self.picked = ""
        if not user.avatar_id:
            del self.fields["remove"]
        self.fields |= setting_fields(user)
        self.fields["avatar"].widget.attrs["data-too-large"] = PictureTooLarge.message
        self.refused_with = ValidationError.status
        field = self.fields["time_zone"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = _zone_choices(user.time_zone)

    @property
    def face(self) -> str:
        """The address of the picture that is shown beside the field."""
        shown = self.picked or self.user.avatar_id
        return picture_address(shown, _SHOWN_WIDTH) if shown else ""

    def changes(self) -> dict[str, Any]:
        """What the service is asked to store, once the form is valid."""
        values = {name: self.cleaned_data[name] for name in ("name", "language", "time_zone", "phone")}
        avatar = self.picked or ("" if self.cleaned_data.get("remove") else None)
        return values | {"avatar": avatar, "expected_version": self.cleaned_data["version"]}

    def settings(self) -> dict[str, Value]:
        """Key → value of what is set, once the form is valid."""
        return set_values(self.cleaned_data)

    def refuse(self, refusal: Refusal) -> None:
        """Say what the service objected to, beside the field where it names one."""
        self.refused_with = refusal.status
        for detail in refusal.details:
            self.add_error(detail.field if detail.field in self.fields else None, str(detail.message))
        if isinstance(refusal, StaleVersion):
            self.add_error(None, _("These settings were changed elsewhere in between. Look them over and save again."))
            known = User.objects.values_list("version", flat=True).get(pk=self.user.pk)
            self.data = {**{name: self.data.get(name) for name in self.data}, "version": known}
        elif not refusal.details:
            self.add_error(None, str(refusal))


def _zone_choices(current: str) -> Choices:
    """The zones named by a place, by region; before them UTC, and whatever else is in use."""
    placed = {region: sorted(name for name in time_zones() if name.startswith(f"{region}/")) for region in _REGIONS}
    known = {name for names in placed.values() for name in names}
    first: Choices = [(name, name) for name in dict.fromkeys(("UTC", current)) if name not in known]
    return first + [
        (region, [(name, name.partition("/")[2].replace("_", " ")) for name in names])
        for region, names in placed.items()
    ]
