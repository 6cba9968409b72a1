"""Bodies are JSON, of bounded size, and whatever is wrong with them is 400 or 413, never 500."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.parsers import BaseParser

from config.lib.errors import Malformed, PayloadTooLarge


class JsonBody(BaseParser):
    """RFC 8259 JSON: UTF-8, no NaN or Infinity."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The value. Raises Malformed, or PayloadTooLarge beyond DATA_UPLOAD_MAX_MEMORY_SIZE bytes."""
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise PayloadTooLarge
        try:
            return json.loads(body.decode(), parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise Malformed from error


def _refuse(constant: str) -> None:
    raise ValueError(constant)
