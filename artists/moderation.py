"""Profiles of artists can be reported."""

from django.utils.translation import gettext_lazy as _

from accounts.reportables import Reportable, register
from artists.links import page_path
from artists.models import Artist
from artists.policies import artists_seen_by

register(
    Reportable(
        kind="artist",
        model=Artist,
        words=_("Artist"),
        rows=Artist.objects.all,
        seen_by=artists_seen_by,
        owner=lambda artist: artist.owner,
        title=lambda artist: artist.name,
        href=page_path,
        texts=lambda artist: [artist.bio, ", ".join(artist.genres), artist.home],
    )
)
