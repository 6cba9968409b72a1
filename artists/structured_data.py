"""An artist in the words of search engines (JSON-LD, https://schema.org/MusicGroup)."""

from typing import Any

from django.utils.safestring import SafeString

from artists.links import page_link
from artists.models import Artist
from config.lib.linked_data import SCHEMA, inside_script


def of_artist(artist: Artist) -> SafeString:
    """The document, safe inside a script element."""
    document: dict[str, Any] = {
        "@context": SCHEMA,
        "@type": "MusicGroup",
        "@id": page_link(artist),
        "url": page_link(artist),
        "name": artist.name,
    }
    if artist.genres:
        document["genre"] = artist.genres
    if artist.home:
        document["foundingLocation"] = {"@type": "Place", "name": artist.home}
    if artist.bio:
        document["description"] = artist.bio
    return inside_script(document)
