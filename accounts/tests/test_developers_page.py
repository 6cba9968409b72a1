"""`/developers/`: what everybody reads, and the keys of whoever is signed in."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import ApiKey, User
from accounts.services.keys import create_key
from accounts.tests.factories import confirm_email
from config.tests.fixtures import acting

pytestmark = pytest.mark.django_db

PAGE = reverse("developers")
SENT = {"name": "Ballot bot", "scopes": ["profile:read", "votes:write"], "lives": "90"}


@pytest.fixture
def owner(developer: User) -> User:
    return confirm_email(developer)


@pytest.fixture
def mine(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def main_of(response: Any) -> str:
    page = str(response.content.decode())
    return page[page.index("<main") : page.index("</main>")]


def key_of(user: User, now: datetime, **changes: Any) -> ApiKey:
    wanted = {"name": "Ballot bot", "scopes": ["profile:read"]} | changes
    return create_key(actor=acting(user), now=now, **wanted).key


def test_everybody_reads_what_the_api_is(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, settings: Settings
) -> None:
    settings.LIMITS = {**settings.LIMITS, "key": (1_234, 900)}
    with django_assert_num_queries(0):
        page = main_of(client.get(PAGE))
    assert "1,234 requests in 15 minutes" in page
    assert reverse("api-docs") in page
    assert f"/accounts/login/?next={PAGE.replace('/', '%2F')}" in page
    assert "<form" not in page


def test_visitors_are_sent_to_sign_in_when_they_send_the_form(client: Client) -> None:
    assert client.post(PAGE, SENT)["Location"] == f"/accounts/login/?next={PAGE}"


def test_a_key_is_made_and_shown_once(mine: Client, owner: User) -> None:
    response = mine.post(PAGE, SENT)
    found = re.search(r"ff_\w{16}_\w{59}", main_of(response))
    assert found
    assert (response.status_code, "no-store" in response["Cache-Control"]) == (201, True)
    key = ApiKey.objects.get(user=owner)
    assert key.expires_at is not None
    assert (key.scopes, key.expires_at - key.created_at) == (["profile:read", "votes:write"], timedelta(days=90))
    again = main_of(mine.get(PAGE))
    assert found.group() not in again
    assert found.group()[:19] in again


def test_a_key_may_have_no_end(mine: Client) -> None:
    mine.post(PAGE, {**SENT, "lives": "never"})
    assert ApiKey.objects.get().expires_at is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["events:write"]}, "scopes"),
        ({"lives": "x"}, "lives"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    mine: Client, changes: dict[str, Any], field: str
) -> None:
    response = mine.post(PAGE, {**SENT, **changes})
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in main_of(response)
    if field != "name":
        assert 'value="Ballot bot"' in main_of(response)
    assert not ApiKey.objects.exists()


def test_too_many_keys_are_refused_in_words(mine: Client, owner: User, now: datetime, settings: Settings) -> None:
    settings.API_KEYS_PER_USER = 1
    key_of(owner, now)
    response = mine.post(PAGE, SENT)
    assert response.status_code == 409
    assert "Revoke one that you no longer use" in main_of(response)


def test_offered_is_what_the_role_gives(client: Client, organizer: User, fan: User) -> None:
    for user, offered in ((organizer, True), (fan, False)):
        client.force_login(confirm_email(user))
        assert ('value="events:write"' in main_of(client.get(PAGE))) is offered


def test_without_a_confirmed_address_there_is_no_form(client: Client, developer: User) -> None:
    client.force_login(developer)
    page = main_of(client.get(PAGE))
    assert developer.email in page
    assert "<form" not in page
    assert client.post(PAGE, SENT).status_code == 403
    assert not ApiKey.objects.exists()


def test_the_list_says_how_each_key_stands(mine: Client, owner: User, now: datetime) -> None:
    key_of(owner, now, name="Living")
    key_of(owner, now, name="Ending", expires_at=now + timedelta(days=3))
    key_of(owner, now - timedelta(days=9), name="Over", expires_at=now - timedelta(days=1))
    page = main_of(mine.get(PAGE))
    assert [page.count(word) for word in ("Ends soon", "Expired", "Never used", "Revoke this key")] == [1, 1, 3, 2]


def test_the_list_takes_the_same_queries(
    mine: Client, owner: User, now: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        key_of(owner, now)
        with django_assert_max_num_queries(4):
            mine.get(PAGE)


def test_the_owner_revokes_one_and_all(mine: Client, owner: User, now: datetime) -> None:
    first, *_others = [key_of(owner, now) for _ in range(3)]
    assert mine.post(reverse("revoke-key", args=[first.public_id]))["Location"] == PAGE
    assert ApiKey.objects.alive(now=now).count() == 2
    assert mine.post(reverse("revoke-keys"))["Location"] == PAGE
    assert not ApiKey.objects.alive(now=now).exists()


def test_nobody_else_does(client: Client, owner: User, outsider: User, now: datetime) -> None:
    address = reverse("revoke-key", args=[key_of(owner, now).public_id])
    assert client.post(address)["Location"].startswith("/accounts/login/")
    client.force_login(outsider)
    assert client.post(address).status_code == 404
    client.post(reverse("revoke-keys"))
    assert ApiKey.objects.alive(now=now).count() == 1


def test_wrong_verbs(mine: Client, owner: User, now: datetime) -> None:
    addresses = [reverse("revoke-key", args=[key_of(owner, now).public_id]), reverse("revoke-keys")]
    assert [mine.get(address).status_code for address in addresses] == [405, 405]
    assert mine.put(PAGE).status_code == 405


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_it_speaks_three_languages(mine: Client, owner: User, now: datetime, language: str) -> None:
    key_of(owner, now)
    User.objects.filter(pk=owner.pk).update(language=language)
    page = main_of(mine.get(PAGE))
    words = {"en": "Make a key", "es": "Crea una clave", "fr": "Créer une clé"}
    assert [other in page for other in words.values()] == [other == language for other in words]
