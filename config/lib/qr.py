"""Codes to scan (ISO/IEC 18004), drawn as one SVG path that takes the ink of its surroundings."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from django.utils.safestring import SafeString
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

_QUIET: Final = 2  # modules around the code; the component that holds it adds the other two


def drawn(text: str) -> SafeString:
    """The code for `text`. Hidden from screen readers: whoever shows it says in words what it does."""
    code = QRCode(border=_QUIET, error_correction=ERROR_CORRECT_M)
    code.add_data(text)
    modules: list[list[bool]] = code.get_matrix()
    size = len(modules)
    path = "".join(f"M{x} {y}h{length}v1h-{length}z" for y, row in enumerate(modules) for x, length in _runs(row))
    return SafeString(
        f'<svg viewBox="0 0 {size} {size}" shape-rendering="crispEdges" aria-hidden="true">'
        f'<path fill="currentColor" d="{path}"/></svg>'
    )


def text_message(number: str, words: str) -> str:
    """What has a phone's camera open a text to `number` with `words` written already."""
    return f"SMSTO:{number}:{words}"


def _runs(row: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """(where it begins, how long) of every dark run of a row."""
    place = 0
    for dark, modules in groupby(row, key=bool):
        length = len(list(modules))
        if dark:
            yield place, length
        place += length
