"""Codes to scan: the drawing is the matrix."""

import re

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from config.lib import qr


def dark(svg: str) -> set[tuple[int, int]]:
    """Every module the path covers."""
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", svg)
    assert all(there == back for _x, _y, there, back in runs)
    return {(int(x) + step, int(y)) for x, y, length, _back in runs for step in range(int(length))}


def test_every_dark_module_is_drawn_and_no_other() -> None:
    text = qr.text_message("+12025550100", "NIGHT42")
    code = QRCode(border=2, error_correction=ERROR_CORRECT_M)
    code.add_data(text)
    matrix = code.get_matrix()
    svg = str(qr.drawn(text))
    assert dark(svg) == {(x, y) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}
    assert f'viewBox="0 0 {len(matrix)} {len(matrix)}"' in svg


def test_there_is_a_quiet_zone() -> None:
    assert min(min(place) for place in dark(str(qr.drawn("a")))) == 2


def test_another_text_is_another_code() -> None:
    assert qr.drawn("a") != qr.drawn("b")
