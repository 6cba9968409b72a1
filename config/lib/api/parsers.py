"""Bodies are JSON, of bounded size, and whatever is wrong with them is 400 or 413, never 500."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, MultiPartParser

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


class MultipartBody(MultiPartParser):
    """RFC 7578 multipart form data, on the addresses that take files. Large files lie on disk while they are read."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Fields and files. Raises Malformed, or PayloadTooLarge where the fields beside the files are too many or long."""
        try:
            return super().parse(stream, media_type, parser_context)
        except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent) as error:
            raise PayloadTooLarge from error
        except (ParseError, SuspiciousOperation) as error:
            raise Malformed from error


def _refuse(constant: str) -> None:
    raise ValueError(constant)
