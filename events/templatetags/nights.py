"""Nights on pages of other apps: `{% nights_of artist as nights %}`."""

from django import template
from django.utils import timezone

from artists.models import Artist
from events.artist_nights import ArtistNights, artist_nights

register = template.Library()


@register.simple_tag
def nights_of(artist: Artist) -> ArtistNights:
    """The nights the artist plays and played. Two queries."""
    return artist_nights(artist, now=timezone.now())
