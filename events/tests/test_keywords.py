"""Keywords: which can be texted, and which are proposed."""

import re
from contextlib import suppress
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.lib.errors import ValidationError
from events import keywords


@pytest.mark.parametrize(
    ("title", "first"),
    [
        ("Night of Noise", "NIGHTOFNOISE"),
        ("Demo Night", "DEMONIGHT"),
        ("Café Olé!", "CAFEOLE"),
        ("The Incredibly Loud Evening", "THE"),
        ("Supercalifragilistic", "SUPERCALIFRA"),
        ("2030", "EVENT2030"),
        ("Stop", "STOP2"),
        ("Yes", "YES2"),
        ("東京ナイト", "EVENT"),
        ("", "EVENT"),
    ],
)
def test_the_first_proposal_is_made_of_the_first_words(title: str, first: str) -> None:
    assert next(keywords.proposals(title)) == first


@given(st.text(max_size=200))
def test_every_proposal_can_be_stored_and_there_are_many(title: str) -> None:
    proposed = list(islice(keywords.proposals(title), 100))
    assert len(set(proposed)) >= 10
    for keyword in proposed:
        assert keywords.checked(keyword) == keyword


@given(st.text(max_size=30))
def test_what_is_checked_fits_the_databases_spelling(text: str) -> None:
    with suppress(ValidationError):
        keyword = keywords.checked(text)
        assert re.fullmatch(r"[A-Z0-9]*[A-Z][A-Z0-9]*", keyword)
        assert len(keyword) <= 20


@pytest.mark.parametrize("word", [*sorted(keywords.RESERVED), "oui", "sí", "arrêt", "BAJA", "ayuda"])
def test_words_with_a_meaning_are_reserved(word: str) -> None:
    with pytest.raises(ValidationError):
        keywords.checked(word)


@pytest.mark.parametrize("word", ["JOINT", "STOPPED", "N1", "A", "YESYES", "4EVER"])
def test_words_that_only_look_like_them_are_not(word: str) -> None:
    assert keywords.checked(word.lower()) == word
