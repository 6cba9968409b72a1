"""The facts of audit entries, in words."""

import re
from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role
from config.lib.numerals import written

_CALLED: Final[Mapping[str, str | Promise]] = {
    "ballot_number": gettext_lazy("ballot number"),
    "changed": gettext_lazy("changed"),
    "clients": gettext_lazy("clients signed out"),
    "differences": gettext_lazy("artists counted otherwise"),
    "fields": gettext_lazy("changed"),
    "number": gettext_lazy("number"),
    "position": gettext_lazy("position"),
    "role": gettext_lazy("role"),
}
_ID: Final = re.compile("[0-9a-z]{16}")  # of what the entry's subject leads to anyway


def facts_in_words(facts: Mapping[str, Any], model: type[models.Model]) -> list[tuple[str, str]]:
    """(what it is, its value) of all that says something to people; `model` is what the entry is about."""
    told = [(key, value) for key, value in facts.items() if not (isinstance(value, str) and _ID.fullmatch(value))]
    return [
        (capfirst(str(_CALLED.get(key, key.replace("_", " ")))), _in_words(key, value, model)) for key, value in told
    ]


def _in_words(key: str, value: Any, model: type[models.Model]) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        return written(len(value))
    if isinstance(value, list):
        return ", ".join(_field(str(each), model) for each in value) or "-"
    if key == "role" and value in Role.values:
        return str(Role(value).label)
    return str(value)


def _field(name: str, model: type[models.Model]) -> str:
    """What a field is called on its form; other codes without their underscores."""
    try:
        return str(getattr(model._meta.get_field(name), "verbose_name", name))
    except FieldDoesNotExist:
        return name.replace("_", " ")
