"""How many parts a text is sent in."""

import pytest

from messaging.segments import segments_of


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 0),
        ("x", 1),
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 306, 2),
        ("x" * 307, 3),
        ("éñ€" * 40, 1),  # all in the alphabet, the euro twice as long
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("x" * 152 + "€" + "x" * 153, 3),  # the euro does not fit into what is left of the first part
        ("ê", 1),
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("ê" * 135, 3),
        ("\U0001f3b8" * 35, 1),
        ("\U0001f3b8" * 36, 2),
        ("\U0001f3b8" * 67, 3),  # a guitar is never torn in two, so a part holds 33 of them
    ],
)
def test_parts(text: str, parts: int) -> None:
    assert segments_of(text) == parts
