"""Access and refresh tokens: what they say, which keys they need, when they stop."""

from datetime import datetime, timedelta

import jwt
import pytest
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from accounts import tokens
from accounts.models import Ended, RefreshFamily, User
from accounts.services.clients import SignedIn, open_client, refresh
from config.lib.errors import InvalidToken, TokenExpired
from config.lib.secrets import keys_for
from config.tests.fixtures import acting


@pytest.fixture
def signed(fan: User, now: datetime) -> SignedIn:
    return open_client(actor=acting(fan), user=fan, now=now)


def test_access_token_names_its_user_and_family_and_nothing_personal(signed: SignedIn, fan: User) -> None:
    claims = jwt.decode(signed.tokens.access, options={"verify_signature": False})
    family = RefreshFamily.objects.get()
    assert claims == {"aud": tokens.ACCESS, "sub": fan.public_id, "fam": family.public_id, "exp": claims["exp"]}


def test_access_token_lives_as_long_as_the_setting_says(signed: SignedIn, now: datetime, settings: Settings) -> None:
    assert signed.tokens.expires_in == settings.ACCESS_TOKEN_SECONDS
    tokens.family_of_access(signed.tokens.access, now=now + timedelta(seconds=settings.ACCESS_TOKEN_SECONDS - 2))
    with pytest.raises(TokenExpired):
        tokens.family_of_access(signed.tokens.access, now=now + timedelta(seconds=settings.ACCESS_TOKEN_SECONDS))


def test_family_and_user_are_checked_in_one_query(
    signed: SignedIn, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert tokens.family_of_access(signed.tokens.access, now=now).user.name


def test_key_rotation_signs_nobody_out(signed: SignedIn, now: datetime, settings: Settings) -> None:
    settings.FANFARE_KEYS = ["a-newer-key", *settings.FANFARE_KEYS]
    assert tokens.family_of_access(signed.tokens.access, now=now)
    assert tokens.read_refresh(signed.tokens.refresh, now=now).generation == 1


def test_new_tokens_are_signed_with_the_newest_key(fan: User, now: datetime, settings: Settings) -> None:
    before = jwt.get_unverified_header(open_client(actor=acting(fan), user=fan, now=now).tokens.access)
    settings.FANFARE_KEYS = ["a-newer-key", *settings.FANFARE_KEYS]
    after = jwt.get_unverified_header(open_client(actor=acting(fan), user=fan, now=now).tokens.access)
    assert before["kid"] != after["kid"]


def test_a_client_goes_on_through_a_rotation_of_keys(
    signed: SignedIn, api: APIClient, now: datetime, settings: Settings
) -> None:
    """A new key in front, a refresh, the old key dropped: what the client holds by then is of the new key."""
    old = settings.FANFARE_KEYS
    settings.FANFARE_KEYS = ["a-newer-key", *old]
    renewed = refresh(actor=acting(None), token=signed.tokens.refresh, now=now)
    settings.FANFARE_KEYS = ["a-newer-key"]

    api.credentials(HTTP_AUTHORIZATION=f"Bearer {renewed.tokens.access}")
    assert api.get("/api/v1/auth/profile").status_code == 200
    assert refresh(actor=acting(None), token=renewed.tokens.refresh, now=now)
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {signed.tokens.access}")
    assert api.get("/api/v1/auth/profile").json()["error"]["code"] == "INVALID_TOKEN"


def test_tokens_of_a_dropped_key_are_refused_and_end_nothing(
    signed: SignedIn, now: datetime, settings: Settings
) -> None:
    settings.FANFARE_KEYS = ["a-newer-key"]
    with pytest.raises(InvalidToken):
        tokens.family_of_access(signed.tokens.access, now=now)
    with pytest.raises(InvalidToken):
        refresh(actor=acting(None), token=signed.tokens.refresh, now=now)
    assert RefreshFamily.objects.get().revoked_at is None


def test_refresh_token_is_no_access_token_and_the_reverse(signed: SignedIn, now: datetime) -> None:
    with pytest.raises(InvalidToken):
        tokens.family_of_access(signed.tokens.refresh, now=now)
    with pytest.raises(InvalidToken):
        tokens.read_refresh(signed.tokens.access, now=now)


def _forged(claims: dict[str, object], *, key: bytes, algorithm: str, kid: str | None) -> str:
    return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": kid} if kid else None)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "\x00", "eyJhbGciOiJub25lIn0.e30."])
def test_text_that_is_no_token_of_ours_is_refused(token: str, now: datetime) -> None:
    with pytest.raises(InvalidToken):
        tokens.family_of_access(token, now=now)


def test_forged_tokens_are_refused(signed: SignedIn, now: datetime) -> None:
    good = jwt.decode(signed.tokens.access, options={"verify_signature": False})
    kid = jwt.get_unverified_header(signed.tokens.access)["kid"]
    ours = keys_for("jwt")[0]
    without_expiry = {name: value for name, value in good.items() if name != "exp"}
    forgeries = [
        _forged(good, key=b"f" * 32, algorithm="HS256", kid=kid),
        _forged(good, key=ours, algorithm="HS256", kid=None),
        _forged(good, key=ours, algorithm="HS256", kid="unknown"),
        _forged(good, key=ours * 2, algorithm="HS512", kid=kid),
        _forged(without_expiry, key=ours, algorithm="HS256", kid=kid),
        signed.tokens.access[:-4] + "AAAA",
    ]
    assert tokens.family_of_access(_forged(good, key=ours, algorithm="HS256", kid=kid), now=now)
    for forgery in forgeries:
        with pytest.raises(InvalidToken):
            tokens.family_of_access(forgery, now=now)


@pytest.mark.parametrize("because", Ended.values)
def test_access_ends_with_its_family_at_once(signed: SignedIn, now: datetime, because: str) -> None:
    RefreshFamily.objects.all().end(because=because, now=now)
    with pytest.raises(InvalidToken):
        tokens.family_of_access(signed.tokens.access, now=now)


def test_access_ends_with_the_activity_of_its_user_at_once(signed: SignedIn, fan: User, now: datetime) -> None:
    User.objects.filter(pk=fan.pk).update(is_active=False)
    with pytest.raises(InvalidToken):
        tokens.family_of_access(signed.tokens.access, now=now)
