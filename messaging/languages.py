"""The language a phone is answered in."""

from collections.abc import Mapping
from typing import Final

from django.conf import settings

# Country calling codes (ITU-T E.164) of places where most people read Spanish or French. North America shares code 1, so
# only the area codes of Puerto Rico and the Dominican Republic say anything.
_CODES: Final[Mapping[str, tuple[str, ...]]] = {
    "es": (
        *("34", "51", "52", "53", "54", "56", "57", "58", "240"),
        *("502", "503", "504", "505", "506", "507", "591", "593", "595", "598"),
        *("1787", "1939", "1809", "1829", "1849"),
    ),
    "fr": (
        *("33", "221", "223", "224", "225", "226", "227", "228", "229"),
        *("241", "242", "243", "261", "262", "508", "509", "590", "594", "596", "687", "689"),
    ),
}
_LANGUAGE_OF_CODE: Final = {code: language for language, codes in _CODES.items() for code in codes}
_LONGEST_CODE: Final = max(map(len, _LANGUAGE_OF_CODE))


def _hint(phone: str) -> str:
    """The language that an E.164 number's country hints at, or "". No calling code is the beginning of another."""
    digits = phone.removeprefix("+")
    codes = (digits[:length] for length in range(2, _LONGEST_CODE + 1))
    return next((_LANGUAGE_OF_CODE[code] for code in codes if code in _LANGUAGE_OF_CODE), "")


def language_of(*, phone: str, known: str = "", sender: str = "") -> str:
    """What the person chose, else what the number hints at, else the sender's language, else the default."""
    return known or _hint(phone) or sender or settings.LANGUAGE_CODE
