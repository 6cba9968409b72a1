"""Voting tokens: only what we signed is read, to the last bit."""

import base64
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from voting import tokens

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def a_token() -> str:
    return tokens.issue(attendee_id=2**40 + 7, round_id=12, expires_at=NOON)


def test_a_token_says_who_and_which_round_and_until_when() -> None:
    token = tokens.read(a_token())
    assert (token.attendee_id, token.round_id, token.expires_at) == (2**40 + 7, 12, int(NOON.timestamp()))
    assert not token.has_expired(NOON - timedelta(seconds=1))
    assert token.has_expired(NOON)


def test_two_tokens_of_one_attendee_have_different_digests_of_32_bytes() -> None:
    first, second = tokens.read(a_token()), tokens.read(a_token())
    assert first.digest != second.digest
    assert len(first.digest) == 32


def test_one_changed_bit_anywhere_is_refused() -> None:
    raw = base64.urlsafe_b64decode(a_token())
    for index, bit in product(range(len(raw)), range(8)):
        changed = bytearray(raw)
        changed[index] ^= 1 << bit
        with pytest.raises(tokens.BadToken):
            tokens.read(base64.urlsafe_b64encode(changed).decode())


@given(st.text(max_size=80) | st.text(alphabet="abcXYZ019-_+/=", min_size=60, max_size=60))
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(tokens.BadToken):
        tokens.read(text)


def test_another_spelling_of_the_same_bytes_has_the_same_digest() -> None:
    token = next(token for token in iter(a_token, "") if "-" in token or "_" in token)
    respelt = token.replace("-", "+").replace("_", "/")
    assert tokens.read(respelt).digest == tokens.read(token).digest


def test_keys_rotate(settings: Settings) -> None:
    old = a_token()
    settings.FANFARE_KEYS = ["a-new-key", *settings.FANFARE_KEYS]
    new = a_token()
    assert tokens.read(old).round_id == tokens.read(new).round_id
    settings.FANFARE_KEYS = settings.FANFARE_KEYS[:1]
    assert tokens.read(new)
    with pytest.raises(tokens.BadToken):
        tokens.read(old)
