"""Path converters of API addresses: what cannot be an id never reaches a view."""

from django.urls import register_converter
from django.urls.converters import StringConverter

from config.lib.public_ids import ALPHABET, LENGTH


class PublicIdConverter(StringConverter):
    """`<public_id:id>`: the id of a row as the outside knows it."""

    regex = f"[{ALPHABET}]{{{LENGTH}}}"


register_converter(PublicIdConverter, "public_id")
