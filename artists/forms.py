"""What visitors may ask the list of artists for."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST: Final = 100  # characters of a search


class ArtistsForm(forms.Form):
    """All of it may be left empty."""

    q = forms.CharField(label=_("Name"), max_length=LONGEST, required=False, widget=forms.TextInput({"type": "search"}))
    genre = forms.CharField(label=_("Genre"), max_length=LONGEST, required=False)
    home = forms.CharField(label=_("Home town"), max_length=LONGEST, required=False)
