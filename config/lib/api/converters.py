"""Path converters of API addresses: what cannot be an id never reaches a view."""

from typing import Final

from django.urls import register_converter
from django.urls.converters import StringConverter

from config.lib.public_ids import ALPHABET, LENGTH

PUBLIC_ID: Final = "public_id"


class PublicIdConverter(StringConverter):
    """`<public_id:event_id>`: the id of a row as the outside knows it."""

    regex = f"[{ALPHABET}]{{{LENGTH}}}"


register_converter(PublicIdConverter, PUBLIC_ID)
