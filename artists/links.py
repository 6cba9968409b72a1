"""Addresses of artists' pages."""

from django.conf import settings
from django.urls import reverse

from artists.models import Artist, ArtistStatus


def page_path(artist: Artist) -> str:
    """Where the artist's page is; "" for one who has withdrawn, whose page the public does not find."""
    return "" if artist.status == ArtistStatus.WITHDRAWN else reverse("artist-pages:artist", args=[artist.slug])


def page_link(artist: Artist) -> str:
    """The whole address of the artist's page, the one to pass on."""
    return settings.PUBLIC_URL + reverse("artist-pages:artist", args=[artist.slug])
