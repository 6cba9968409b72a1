"""Results on pages of other apps: `{% results_of artist as results %}`."""

from django import template

from artists.models import Artist
from voting.artist_results import ArtistResult, artist_results

register = template.Library()


@register.simple_tag
def results_of(artist: Artist) -> list[ArtistResult]:
    """How the artist's past rounds went, as far as anyone may know. Two queries."""
    return artist_results(artist)
