"""Our languages: what they are called, and which a reader asked for where Django's LocaleMiddleware does not run."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import translation

_RANGE = re.compile(
    r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?", re.IGNORECASE
)


def own_names() -> dict[str, str]:
    """Our languages by code, each by the name it has for itself: `Español`."""
    return {
        code: str(translation.get_language_info(code)["name_local"]).capitalize() for code, _name in settings.LANGUAGES
    }


def preferred(accept_language: str) -> str:
    """The language of ours that an Accept-Language header prefers (RFC 9110, section 12.5.4), or the default."""
    ranges = [found.groups() for item in accept_language[:500].split(",") if (found := _RANGE.fullmatch(item))]
    for tag, weight in sorted(ranges, key=lambda item: -float(item[1] or 1)):
        try:
            if float(weight or 1):
                return translation.get_supported_language_variant(tag.lower())
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


@contextmanager
def speaking(accept_language: str) -> Iterator[None]:
    """Translate into the preferred language inside the block."""
    with translation.override(preferred(accept_language)):
        yield
