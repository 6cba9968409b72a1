"""How requests with API keys are counted: for the key, and for its owner unless the key has a limit of its own."""

from datetime import datetime

import pytest
from django.urls import reverse
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import ApiKey, User
from accounts.services.keys import create_key, limit_key
from accounts.tests.factories import confirm_email
from config.tests.fixtures import acting

pytestmark = pytest.mark.django_db

PROFILE = reverse("accounts:profile")


@pytest.fixture
def owner(developer: User, settings: Settings) -> User:
    settings.LIMITS = {**settings.LIMITS, "key": (3, 60), "user": (5, 60)}
    return confirm_email(developer)


def client_of(owner: User, now: datetime) -> APIClient:
    client = APIClient()
    new = create_key(actor=acting(owner), name="Bot", scopes=["profile:read"], now=now)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {new.text}")
    return client


def statuses(client: APIClient, times: int) -> list[int]:
    return [client.get(PROFILE).status_code for _ in range(times)]


def test_a_key_is_counted_by_itself(owner: User, now: datetime) -> None:
    client = client_of(owner, now)
    first = client.get(PROFILE)
    assert (first["RateLimit-Limit"], first["RateLimit-Remaining"]) == ("3", "2")
    assert statuses(client, 3) == [200, 200, 429]
    assert "Retry-After" in client.get(PROFILE)


def test_many_keys_do_not_multiply_what_their_owner_may(owner: User, now: datetime) -> None:
    first, second = client_of(owner, now), client_of(owner, now)
    assert statuses(first, 3) == [200] * 3
    assert statuses(second, 3) == [200, 200, 429]


def test_an_admin_gives_a_key_a_limit_of_its_own(owner: User, admin_user: User, now: datetime) -> None:
    client, other = client_of(owner, now), client_of(owner, now)
    raised = ApiKey.objects.order_by("id")[0]
    limit_key(actor=acting(admin_user), key=raised, requests=8, now=now)
    assert statuses(client, 9) == [200] * 8 + [429]
    assert statuses(other, 3) == [200] * 3, "it counts for itself alone"


def test_another_owners_keys_are_counted_apart(owner: User, organizer: User, now: datetime) -> None:
    statuses(client_of(owner, now), 4)
    assert client_of(confirm_email(organizer), now).get(PROFILE).status_code == 200
