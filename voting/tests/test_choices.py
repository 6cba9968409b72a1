"""Whom a text means."""

import pytest

from messaging.words import normalise
from voting.ballot_papers import Line
from voting.choices import chosen

BALLOT = [
    Line(entry_id=entry_id, artist=name, number=number, name=name)
    for entry_id, (number, name) in enumerate(
        [
            (1, "Ana Ñandú"),
            (2, "The Nightingales"),
            (3, "AC/DC"),
            (4, "1975"),
            (7, "Los Lobos"),
            (9, "Los Bobos"),
            (12, "Io"),
        ]
    )
]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("1", "Ana Ñandú"),
        ("07", "Los Lobos"),
        ("ana nandu", "Ana Ñandú"),
        ("ANAÑANDU!!", "Ana Ñandú"),
        ("ac-dc", "AC/DC"),
        ("1975", "1975"),
        ("the nightingale", "The Nightingales"),
        ("nightingales", "The Nightingales"),
        ("the nigthingales", "The Nightingales"),
        ("los lobos", "Los Lobos"),
        ("io", "Io"),
        ("los vobos", None),  # as near to Lobos as to Bobos
        ("oi", None),  # too short to be a slip
        ("5", None),
        ("99999999999999999999999", None),
        ("where is the bar", None),
        ("", None),
    ],
)
def test_a_text_names_an_artist_or_nobody(text: str, name: str | None) -> None:
    line = chosen(normalise(text), BALLOT)
    assert (line.name if line else None) == name
