"""The key ring and the tokens signed with it: purposes apart, rotation, and no way around."""

import hmac
import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from config.lib import secrets
from config.lib.errors import InvalidToken, TokenExpired
from config.lib.secrets import Undecryptable, decrypt, encrypt, keys_for, rotate
from config.lib.signing import sign, unsign

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
OLD, NEW = "the-old-key-of-32-characters-....", "the-new-key-of-32-characters-...."


@pytest.fixture
def ring(settings: Settings) -> Settings:
    settings.FANFARE_KEYS = [OLD]
    return settings


class TestAtRest:
    def test_what_was_encrypted_comes_back_and_is_not_readable(self, ring: Settings) -> None:
        stored = encrypt("a seed", purpose="totp")

        assert decrypt(stored, purpose="totp") == "a seed"
        assert "seed" not in stored
        assert encrypt("a seed", purpose="totp") != stored

    def test_a_purpose_does_not_open_anothers(self, ring: Settings) -> None:
        with pytest.raises(Undecryptable):
            decrypt(encrypt("a seed", purpose="totp"), purpose="oauth")

    @pytest.mark.parametrize("stored", ["", "x", "gAAAAA==", "é"])
    def test_anything_else_is_undecryptable(self, ring: Settings, stored: str) -> None:
        with pytest.raises(Undecryptable):
            decrypt(stored, purpose="totp")

    def test_rotation(self, ring: Settings) -> None:
        stored = encrypt("a seed", purpose="totp")
        ring.FANFARE_KEYS = [NEW, OLD]
        renewed = rotate(stored, purpose="totp")
        assert decrypt(stored, purpose="totp") == decrypt(renewed, purpose="totp") == "a seed"

        ring.FANFARE_KEYS = [NEW]
        assert decrypt(renewed, purpose="totp") == "a seed"
        with pytest.raises(Undecryptable):
            decrypt(stored, purpose="totp")
        with pytest.raises(Undecryptable):
            rotate(stored, purpose="totp")


class TestKeys:
    def test_each_purpose_and_each_secret_has_its_own(self, ring: Settings) -> None:
        ring.FANFARE_KEYS = [NEW, OLD]
        keys = [*keys_for("a"), *keys_for("b")]

        assert len(set(keys)) == 4
        assert {len(key) for key in keys} == {secrets.KEY_BYTES}

    def test_they_are_derived_as_rfc_5869_says(self, ring: Settings) -> None:
        """Computed here once more: a change would make every token and secret out there void."""
        extracted = hmac.digest(bytes(32), OLD.encode(), "sha256")
        expanded = hmac.digest(extracted, b"fanfare/known\x01", "sha256")

        assert keys_for("known") == [expanded]


class TestTokens:
    def test_a_token_gives_its_payload_until_it_expires(self, ring: Settings) -> None:
        token = sign(b"42", purpose="vote", expires_at=LATER)

        assert unsign(token, purpose="vote", now=NOW) == b"42"
        assert unsign(token, purpose="vote", now=LATER - timedelta(seconds=1)) == b"42"
        with pytest.raises(TokenExpired):
            unsign(token, purpose="vote", now=LATER)

    def test_another_purpose_refuses_it(self, ring: Settings) -> None:
        with pytest.raises(InvalidToken):
            unsign(sign(b"42", purpose="vote", expires_at=LATER), purpose="view", now=NOW)

    def test_any_key_of_the_ring_verifies_and_the_first_signs(self, ring: Settings) -> None:
        old = sign(b"42", purpose="vote", expires_at=LATER)
        ring.FANFARE_KEYS = [NEW, OLD]
        new = sign(b"42", purpose="vote", expires_at=LATER)
        assert unsign(old, purpose="vote", now=NOW) == unsign(new, purpose="vote", now=NOW) == b"42"

        ring.FANFARE_KEYS = [NEW]
        assert unsign(new, purpose="vote", now=NOW) == b"42"
        with pytest.raises(InvalidToken):
            unsign(old, purpose="vote", now=NOW)

    def test_every_changed_character_is_noticed(self, ring: Settings) -> None:
        token = sign(b"attendee 42", purpose="vote", expires_at=LATER)
        for index, character in enumerate(token):
            for other in "AQgw":
                if other != character:
                    with pytest.raises(InvalidToken):
                        unsign(token[:index] + other + token[index + 1 :], purpose="vote", now=NOW)

    def test_a_token_has_one_spelling(self, ring: Settings) -> None:
        """The last character holds bits that base64 does not use; ignored, they would give one token sixteen names."""
        token = sign(b"attendee 42", purpose="vote", expires_at=LATER)
        letters = string.ascii_letters + string.digits + "-_"

        for other in (*letters.replace(token[-1], ""), token[-1] + "=", token[-1] + "\n"):
            with pytest.raises(InvalidToken):
                unsign(token[:-1] + other, purpose="vote", now=NOW)

    @given(text=st.text(max_size=100))
    def test_whatever_is_sent_is_an_invalid_token(self, text: str) -> None:
        with pytest.raises(InvalidToken):
            unsign(text, purpose="vote", now=NOW)

    @given(payload=st.binary(max_size=60))
    def test_any_payload_survives(self, payload: bytes) -> None:
        assert unsign(sign(payload, purpose="vote", expires_at=LATER), purpose="vote", now=NOW) == payload
