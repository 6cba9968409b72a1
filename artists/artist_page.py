"""What the page of an artist shows of the artist. What they play, and how it went, the page asks of events and voting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.moderation_page import Hold, hold_of
from artists import structured_data
from artists.links import page_link
from artists.models import Artist, ArtistStatus

_SUMMARY: Final = 200  # characters, for the cards of search engines and messengers


@dataclass(frozen=True, kw_only=True, slots=True)
class ArtistPage:
    """`kinds` are links to artists of the same genre (label, address); `town` is one to those from the same place."""

    artist: Artist
    address: str
    summary: str
    paragraphs: Sequence[str]
    kinds: Sequence[tuple[str, str]]
    town: str
    withdrawn: bool
    structured_data: SafeString
    hold: Hold | None


def artist_page_of(artist: Artist, *, actor: Actor, now: datetime) -> ArtistPage:
    """The page; whether somebody may see it is for the caller to ask. No query, but for one that moderation holds."""
    return ArtistPage(
        artist=artist,
        address=page_link(artist),
        summary=_summary(artist),
        paragraphs=[words for line in artist.bio.splitlines() if (words := line.strip())],
        kinds=[(genre, _list_of(genre=genre)) for genre in artist.genres],
        town=_list_of(home=artist.home) if artist.home else "",
        withdrawn=artist.status == ArtistStatus.WITHDRAWN,
        structured_data=structured_data.of_artist(artist),
        hold=hold_of(artist, actor, now=now),
    )


def _list_of(**filters: str) -> str:
    return f"{reverse('artist-pages:artists')}?{urlencode(filters)}"


def _summary(artist: Artist) -> str:
    """One sentence for those who have not opened the page."""
    words = " ".join(artist.bio.split())
    if not words:
        return _("Nights and results of %(artist)s.") % {"artist": artist.name}
    return words if len(words) <= _SUMMARY else f"{words[: _SUMMARY - 1].rsplit(' ', 1)[0]}…"
