"""Every artist, found by name, genre and home town."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actors import Actor
from artists.forms import ArtistsForm
from artists.models import Artist
from artists.policies import artists_seen_by
from config.lib.numerals import written
from config.lib.pagination import page_of
from config.lib.swapping import address_of

_PAGE: Final = 24
_COUNTED: Final = 1_000  # beyond it, counting costs more than the number tells
_BY_NAME: Final = ("name", "id")


@dataclass(frozen=True, kw_only=True, slots=True)
class Roster:
    """One page of the list, how many there are in all, and the addresses beside it ("" at the ends).

    `address` is the page's own, without what was left empty.
    """

    artists: Sequence[Artist]
    summary: str
    address: str
    following: str
    previous: str


def roster(actor: Actor, wanted: Mapping[str, Any], *, asked: QueryDict) -> Roster:
    """A page of what is wanted, in two queries. Raises Malformed for a cursor that is not ours.

    `wanted` are the clean values of ArtistsForm, `asked` the query of the address, which the pages beside it keep.
    """
    found = artists_seen_by(actor).matching(**wanted)
    cursor = asked.get("cursor", "")
    page = page_of(found, ordering=_BY_NAME, cursor=cursor, limit=_PAGE)
    return Roster(
        artists=page.rows,
        summary=_summary(found[: _COUNTED + 1].count()),
        address=_address(asked, cursor=cursor),
        following=_address(asked, cursor=page.next) if page.next else "",
        previous=_address(asked, cursor=page.previous) if page.previous else "",
    )


def first_page(asked: QueryDict) -> str:
    """The address of the list from its start, with the same filters."""
    return _address(asked)


def _summary(number: int) -> str:
    if not number:
        return _("No artist found")
    if number > _COUNTED:
        return _("More than %(number)s artists") % {"number": written(_COUNTED)}
    return ngettext("%(number)s artist", "%(number)s artists", number) % {"number": written(number)}


def _address(asked: QueryDict, **changed: str) -> str:
    """The list with the filters of `asked`, from its start, with what is changed."""
    return address_of("artist-pages:artists", {name: asked.get(name, "") for name in ArtistsForm.base_fields} | changed)
