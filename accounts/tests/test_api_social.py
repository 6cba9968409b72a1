"""POST /api/v1/auth/social/{provider}: as a mobile client sends it."""

import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import confirm_email
from accounts.tests.providers import CLIENTS, KID, OTHER_KEY, Provider, keys, serving
from config.social_providers import configured

CALLBACK = "fanfare://signed-in"


@pytest.fixture
def provider(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    settings.SOCIALACCOUNT_PROVIDERS = configured(keys())
    with serving(monkeypatch) as server:
        yield server


def post(api: APIClient, name: str, **sent: Any) -> Any:
    return api.post(reverse("accounts:social", args=[name]), sent)


def proof(provider: Provider, name: str) -> dict[str, str]:
    """What a client has in hand after the provider's own page."""
    if name != "spotify":
        return {"id_token": provider.id_token(name)}
    code = provider.consent(f"https://there.test/?state=s&redirect_uri={CALLBACK}")["code"]
    return {"code": code, "redirect_uri": CALLBACK}


def code(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


def test_address_is_the_promised_one() -> None:
    assert reverse("accounts:social", args=["google"]) == "/api/v1/auth/social/google"


@pytest.mark.parametrize("name", ["google", "apple", "spotify", "myspace"])
def test_without_keys_there_is_no_such_address(api: APIClient, db: None, name: str) -> None:
    assert code(post(api, name, id_token="x")) == (404, "NOT_FOUND")


@pytest.mark.parametrize("name", ["google", "apple", "spotify"])
def test_somebody_new_gets_an_account_and_then_signs_in_to_it(
    api: APIClient, db: None, provider: Provider, name: str
) -> None:
    new = post(api, name, **proof(provider, name), role="artist", time_zone="Europe/Madrid")
    assert new.status_code == 201
    about = new.json()["data"]["user"]
    assert (about["email"], about["role"], about["email_verified"]) == ("ida@example.test", "artist", name != "spotify")
    again = post(api, name, **proof(provider, name))
    assert (again.status_code, again.json()["data"]["user"]["id"]) == (200, about["id"])
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"aud": "another app"}, "google"),
        ({"aud": "another app"}, "apple"),
        ({"iss": "https://evil.test"}, "google"),
        ({"iss": "https://evil.test"}, "apple"),
        ({"exp": 1}, "google"),
        ({"exp": 1}, "apple"),
        ({"key": OTHER_KEY}, "google"),
        ({"key": OTHER_KEY}, "apple"),
        ({"headers": {"kid": "unknown"}}, "google"),
        ({"headers": {"kid": "unknown"}}, "apple"),
        ({"sub": ""}, "google"),
    ],
)
def test_a_token_that_was_not_made_for_us_opens_nothing(
    api: APIClient, db: None, provider: Provider, changes: dict[str, Any], name: str
) -> None:
    assert code(post(api, name, id_token=provider.id_token(name, **changes))) == (401, "INVALID_TOKEN")
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["google", "apple"])
@pytest.mark.parametrize("forged", ["none", "hmac", "nonsense", "no kid"])
def test_a_forged_token_opens_nothing(api: APIClient, db: None, provider: Provider, name: str, forged: str) -> None:
    claims = jwt.decode(provider.id_token(name), options={"verify_signature": False})
    tokens = {
        "none": jwt.encode(claims, "", algorithm="none", headers={"kid": KID}),
        "hmac": jwt.encode(claims, "x" * 32, algorithm="HS256", headers={"kid": KID}),
        "no kid": jwt.encode(claims, "x" * 32, algorithm="HS256"),
        "nonsense": "x.y.z",
    }
    assert code(post(api, name, id_token=tokens[forged])) == (401, "INVALID_TOKEN")


def test_the_nonce_the_client_asked_with_must_be_in_it(api: APIClient, db: None, provider: Provider) -> None:
    token = provider.id_token("google", nonce="mine")
    assert code(post(api, "google", id_token=token, nonce="another")) == (401, "INVALID_TOKEN")
    assert post(api, "google", id_token=token, nonce="mine").status_code == 201


def test_a_code_is_good_once_and_for_its_address(api: APIClient, db: None, provider: Provider) -> None:
    sent = proof(provider, "spotify")
    assert code(post(api, "spotify", **{**sent, "redirect_uri": "fanfare://else"})) == (401, "INVALID_TOKEN")
    sent = proof(provider, "spotify")
    assert post(api, "spotify", **sent).status_code == 201
    assert code(post(api, "spotify", **sent)) == (401, "INVALID_TOKEN")


def test_a_bare_access_token_is_no_proof(api: APIClient, db: None, provider: Provider) -> None:
    assert code(post(api, "spotify", access_token="spotify-token")) == (422, "UNKNOWN_FIELD")


@pytest.mark.parametrize(("name", "field"), [("google", "id_token"), ("apple", "id_token"), ("spotify", "code")])
def test_each_says_what_it_needs(api: APIClient, db: None, provider: Provider, name: str, field: str) -> None:
    refused = post(api, name)
    assert code(refused) == (422, "VALIDATION_ERROR")
    assert [detail["field"] for detail in refused.json()["error"]["details"]] == [field]


@pytest.mark.parametrize("verified", [True, "true"])
def test_a_verified_address_of_an_account_must_be_connected_first(
    api: APIClient, fan: User, provider: Provider, verified: Any
) -> None:
    provider.person.email, provider.person.verified = confirm_email(fan).email, verified
    assert code(post(api, "apple", **proof(provider, "apple"))) == (409, "CONNECT_FIRST")
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("name", ["google", "spotify"])
def test_an_unverified_address_of_an_account_is_taken(api: APIClient, fan: User, provider: Provider, name: str) -> None:
    provider.person.email, provider.person.verified = confirm_email(fan).email, False
    assert code(post(api, name, **proof(provider, name))) == (409, "EMAIL_TAKEN")
    assert not SocialAccount.objects.exists()


def test_who_tells_no_address_is_asked_for_one(api: APIClient, db: None, provider: Provider) -> None:
    provider.person.email = ""
    refused = post(api, "apple", **proof(provider, "apple"))
    assert [detail["field"] for detail in refused.json()["error"]["details"]] == ["email"]
    assert post(api, "apple", **proof(provider, "apple"), email="own@example.test").status_code == 201
    assert not EmailAddress.objects.get().verified


def test_an_account_that_is_not_active_stays_out(api: APIClient, fan: User, provider: Provider) -> None:
    SocialAccount.objects.create(user=fan, provider="google", uid="person-1")
    User.objects.filter(pk=fan.pk).update(is_active=False)
    assert code(post(api, "google", **proof(provider, "google"))) == (401, "INVALID_CREDENTIALS")


def test_a_second_factor_is_asked_for_here_too(api: APIClient, fan: User, provider: Provider) -> None:
    SocialAccount.objects.create(user=fan, provider="google", uid="person-1")
    User.objects.filter(pk=fan.pk).update(second_factor_at=timezone.now())
    assert code(post(api, "google", **proof(provider, "google"))) == (401, "MFA_REQUIRED")


def test_while_the_provider_is_away_nothing_is_decided(api: APIClient, db: None, provider: Provider) -> None:
    provider.is_away = True
    refused = post(api, "google", **proof(provider, "google"))
    assert (code(refused), refused["Retry-After"]) == ((503, "UNAVAILABLE"), "5")


def test_an_apps_own_client_id_is_ours_too(api: APIClient, db: None, provider: Provider, settings: Settings) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = configured({**keys(), "APPLE_CLIENT_ID": f"{CLIENTS['apple']},test.fanfare.app"})
    token = provider.id_token("apple", aud="test.fanfare.app", iat=int(time.time()))
    assert post(api, "apple", id_token=token).status_code == 201


@pytest.mark.parametrize("verb", ["get", "put", "patch", "delete"])
def test_other_verbs_are_not_allowed(api: APIClient, db: None, verb: str) -> None:
    assert getattr(api, verb)(reverse("accounts:social", args=["google"])).status_code == 405
