"""How many parts a text is sent in, and paid for.

The alphabet is that of 3GPP TS 23.038, section 6.2.1; how much a part holds follows from the 140 octets of a short message,
of which a text in several parts gives 6 to the header that joins them (3GPP TS 23.040, section 9.2.3.24.1).
"""

from collections.abc import Iterable
from typing import Final

_ALPHABET: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION: Final = frozenset("\f^{}\\[~]|€")  # each takes two places
_SEPTETS: Final = (160, 153)  # of one part alone, of one among several
_UTF_16: Final = (70, 67)
_FIRST_OF_A_PAIR: Final = "\uffff"  # characters above this take two places in UTF-16


def segments_of(text: str) -> int:
    """The parts of `text`; 0 for an empty one."""
    if set(text) <= _ALPHABET | _EXTENSION:
        return _parts((2 if character in _EXTENSION else 1 for character in text), *_SEPTETS)
    return _parts((2 if character > _FIRST_OF_A_PAIR else 1 for character in text), *_UTF_16)


def _parts(places: Iterable[int], alone: int, joined: int) -> int:
    """No character is torn in two by the end of a part."""
    parts, used, total = 0, joined, 0
    for size in places:
        total += size
        used += size
        if used > joined:
            parts, used = parts + 1, size
    return min(parts, 1) if total <= alone else parts
