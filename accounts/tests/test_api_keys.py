"""API keys: what a key looks like, who may make one, what it may do, and what ends it."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from accounts import api_keys
from accounts.actors import Actor, Via
from accounts.models import ApiKey, AuditEntry, KeyEnded, Role, User
from accounts.policies import EmailUnverified
from accounts.services.keys import (
    NewKey,
    TooManyKeys,
    create_key,
    limit_key,
    revoke_all_keys,
    revoke_as_admin,
    revoke_key,
)
from accounts.services.passwords import set_password
from accounts.tests.factories import confirm_email
from config.lib.errors import Forbidden, InsufficientScope, InvalidApiKey, NotFound, ValidationError
from config.tests.fixtures import acting

PROFILE = reverse("accounts:profile")
KEYS = reverse("accounts:keys")


@pytest.fixture
def owner(developer: User) -> User:
    return confirm_email(developer)


def made(owner: User, *, now: datetime, **changes: Any) -> NewKey:
    wanted = {"name": "Ballot bot", "scopes": ["profile:read"]} | changes
    return create_key(actor=acting(owner), now=now, **wanted)


def bearer(text: str) -> APIClient:
    client = APIClient()
    client.default_format = "json"
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


def code_of(response: Any) -> tuple[int, str]:
    return response.status_code, (response.json()["error"] or {}).get("code", "")


class TestTheText:
    def test_can_be_recognised_and_holds_more_than_256_bits(self, owner: User, now: datetime) -> None:
        new = made(owner, now=now)
        letters = "[0-9a-hjkmnp-tv-z]"
        assert re.fullmatch(rf"ff_{letters}{{16}}_{letters}{{59}}", new.text)
        assert new.text.startswith(api_keys.prefix_of(new.key.public_id) + "_")
        assert 52 * 5 >= 256

    def test_what_is_stored_does_not_give_it_away(self, owner: User, now: datetime) -> None:
        new = made(owner, now=now)
        stored = ApiKey.objects.values().get(pk=new.key.pk)
        secret = new.text.split("_")[2]
        assert secret[:52] not in str(stored)
        assert len(bytes(stored["digest"])) == 32

    @pytest.mark.parametrize("place", [3, 20, 45, 78])
    def test_a_typing_error_is_refused_without_a_query(
        self, owner: User, now: datetime, place: int, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        text = made(owner, now=now).text
        wrong = text[:place] + ("0" if text[place] != "0" else "1") + text[place + 1 :]
        with django_assert_num_queries(0), pytest.raises(InvalidApiKey):
            api_keys.living_key(wrong, now=now)

    @pytest.mark.parametrize("text", ["ff_", "ff_é", "ff_" + "0" * 16, "ff_\x00", "ff_" + "a" * 5_000])
    def test_nonsense_is_refused_without_a_query(
        self, db: None, now: datetime, text: str, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_num_queries(0), pytest.raises(InvalidApiKey):
            api_keys.living_key(text, now=now)

    def test_a_secret_of_another_key_is_refused(self, owner: User, now: datetime) -> None:
        first, second = made(owner, now=now), made(owner, now=now)
        other = api_keys.new_text(first.key.public_id)
        assert other.text[:19] == first.text[:19]
        with pytest.raises(InvalidApiKey):
            api_keys.living_key(other.text, now=now)
        assert api_keys.living_key(second.text, now=now) == second.key

    def test_is_checked_in_one_query(
        self, owner: User, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        new = made(owner, now=now)
        with django_assert_num_queries(1):
            assert api_keys.living_key(new.text, now=now).user == owner


class TestMaking:
    def test_is_told_to_the_owner_and_kept_in_the_audit(
        self, owner: User, now: datetime, mailoutbox: list[EmailMessage]
    ) -> None:
        new = made(owner, now=now, scopes=["votes:write", "events:read", "events:read"])
        assert new.key.scopes == ["events:read", "votes:write"]
        (mail,) = mailoutbox
        assert mail.to == [owner.email]
        assert "Ballot bot" in mail.body
        assert api_keys.prefix_of(new.key.public_id) in mail.body
        assert new.text not in mail.body
        entry = AuditEntry.objects.get(action="key.create")
        assert entry.facts == {"scopes": ["events:read", "votes:write"], "expires": False}

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"name": " "}, "name"),
            ({"name": "x" * 81}, "name"),
            ({"scopes": []}, "scopes"),
            ({"scopes": ["*"]}, "scopes"),
            ({"scopes": ["events:write"]}, "scopes"),
            ({"scopes": ["nothing:there"]}, "scopes"),
            ({"expires_at": datetime.fromisoformat("2020-01-01T00:00:00+00:00")}, "expires_at"),
        ],
    )
    def test_what_is_wrong_is_named(self, owner: User, now: datetime, changes: dict[str, Any], field: str) -> None:
        with pytest.raises(ValidationError) as refused:
            made(owner, now=now, **changes)
        assert {detail.field for detail in refused.value.details} == {field}
        assert not ApiKey.objects.exists()

    def test_the_role_decides_what_may_be_given(self, organizer: User, admin_user: User, now: datetime) -> None:
        made(confirm_email(organizer), now=now, scopes=["events:write", "rounds:write"])
        made(confirm_email(admin_user), now=now, scopes=["events:write", "rounds:write"])

    def test_needs_a_confirmed_address(self, developer: User, now: datetime) -> None:
        with pytest.raises(EmailUnverified):
            made(developer, now=now)

    def test_a_key_makes_and_ends_no_keys(self, owner: User, now: datetime) -> None:
        key = made(owner, now=now).key
        by_key = Actor(via=Via.API, user=owner, scopes=frozenset(key.scopes))
        with pytest.raises(InsufficientScope):
            create_key(actor=by_key, name="n", scopes=["profile:read"], now=now)
        with pytest.raises(InsufficientScope):
            revoke_key(actor=by_key, public_id=key.public_id, now=now)
        with pytest.raises(InsufficientScope):
            revoke_all_keys(actor=by_key, now=now)

    def test_there_is_a_limit_of_living_keys(self, owner: User, now: datetime, settings: Settings) -> None:
        settings.API_KEYS_PER_USER = 2
        first = made(owner, now=now).key
        made(owner, now=now, expires_at=now + timedelta(days=1))
        with pytest.raises(TooManyKeys):
            made(owner, now=now)
        revoke_key(actor=acting(owner), public_id=first.public_id, now=now)
        made(owner, now=now)
        made(owner, now=now + timedelta(days=2))


class TestUsing:
    def test_it_signs_in_with_its_scopes_alone(self, owner: User, now: datetime) -> None:
        client = bearer(made(owner, now=now).text)
        assert client.get(PROFILE).json()["data"]["id"] == owner.public_id
        assert code_of(client.patch(PROFILE, {"name": "N"})) == (403, "INSUFFICIENT_SCOPE")
        assert code_of(client.get(KEYS)) == (403, "INSUFFICIENT_SCOPE")

    def test_what_the_role_no_longer_gives_is_cut_off_at_use(self, organizer: User, now: datetime) -> None:
        client = bearer(made(confirm_email(organizer), now=now, scopes=["events:write", "profile:read"]).text)
        assert code_of(client.post("/api/v1/events", {}))[0] == 422
        User.objects.filter(pk=organizer.pk).update(role=Role.FAN)
        assert code_of(client.post("/api/v1/events", {})) == (403, "INSUFFICIENT_SCOPE")
        assert client.get(PROFILE).status_code == 200

    def test_a_suspended_account_has_no_living_keys(self, owner: User, now: datetime) -> None:
        client = bearer(made(owner, now=now).text)
        User.objects.filter(pk=owner.pk).update(is_active=False)
        assert code_of(client.get(PROFILE)) == (401, "INVALID_API_KEY")

    def test_it_ends_at_its_time(self, owner: User, now: datetime) -> None:
        new = made(owner, now=now, expires_at=now + timedelta(days=1))
        assert api_keys.living_key(new.text, now=now + timedelta(hours=23))
        with pytest.raises(InvalidApiKey):
            api_keys.living_key(new.text, now=now + timedelta(days=1))

    def test_a_new_password_leaves_it(self, owner: User, now: datetime) -> None:
        client = bearer(made(owner, now=now).text)
        set_password(actor=acting(owner), user=owner, password="another long horse battery", now=now)
        assert client.get(PROFILE).status_code == 200

    def test_its_use_is_noted_every_few_minutes(
        self, owner: User, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        key = made(owner, now=now).key
        api_keys.note_use(key, now=now)
        key.refresh_from_db()
        assert key.last_used_at == now
        with django_assert_num_queries(0):
            api_keys.note_use(key, now=now + timedelta(minutes=4))
        api_keys.note_use(key, now=now + timedelta(minutes=5))
        key.refresh_from_db()
        assert key.last_used_at == now + timedelta(minutes=5)


class TestEnding:
    def test_by_its_owner_once(self, owner: User, outsider: User, now: datetime) -> None:
        new = made(owner, now=now)
        with pytest.raises(NotFound):
            revoke_key(actor=acting(outsider), public_id=new.key.public_id, now=now)
        assert bearer(new.text).get(PROFILE).status_code == 200
        revoke_key(actor=acting(owner), public_id=new.key.public_id, now=now)
        revoke_key(actor=acting(owner), public_id=new.key.public_id, now=now)
        assert code_of(bearer(new.text).get(PROFILE)) == (401, "INVALID_API_KEY")
        assert AuditEntry.objects.filter(action="key.revoke").count() == 1

    def test_all_at_once_and_nobody_elses(self, owner: User, organizer: User, now: datetime) -> None:
        mine, other = [made(owner, now=now) for _ in range(2)], made(confirm_email(organizer), now=now)
        assert revoke_all_keys(actor=acting(owner), now=now) == 2
        assert revoke_all_keys(actor=acting(owner), now=now) == 0
        assert [bearer(new.text).get(PROFILE).status_code for new in (*mine, other)] == [401, 401, 200]

    def test_by_an_admin_alone(self, owner: User, organizer: User, admin_user: User, now: datetime) -> None:
        new = made(owner, now=now)
        for refused in (owner, organizer):
            with pytest.raises(Forbidden):
                revoke_as_admin(actor=acting(refused), key=new.key, now=now)
            with pytest.raises(Forbidden):
                limit_key(actor=acting(refused), key=new.key, requests=5, now=now)
        assert revoke_as_admin(actor=acting(admin_user, Via.ADMIN), key=new.key, now=now)
        assert ApiKey.objects.get().revoked_because == KeyEnded.ADMIN


class TestTheApi:
    def test_from_the_first_to_the_last(self, api: APIClient, owner: User) -> None:
        api.force_authenticate(owner)
        made = api.post(KEYS, {"name": "Bot", "scopes": ["profile:read"], "expires_at": None})
        data = made.json()["data"]
        assert (made.status_code, made["Location"]) == (201, f"{KEYS}/{data['id']}")
        assert data["key"].startswith(f"{data['prefix']}_")
        assert bearer(data["key"]).get(PROFILE).status_code == 200
        (listed,) = api.get(KEYS).json()["data"]
        assert (listed["id"], listed["name"], "key" in listed) == (data["id"], "Bot", False)
        assert listed["last_used_at"] is not None
        assert api.delete(made["Location"]).status_code == 204
        assert api.get(KEYS).json()["data"][0]["revoked_at"] is not None

    def test_lists_take_the_same_queries(
        self, api: APIClient, owner: User, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        api.force_authenticate(owner)
        for _ in range(2):
            made(owner, now=now)
            with django_assert_num_queries(1):
                api.get(KEYS)

    def test_outsiders_find_nothing(self, api: APIClient, owner: User, outsider: User, now: datetime) -> None:
        address = reverse("accounts:key", args=[made(owner, now=now).key.public_id])
        assert code_of(api.delete(address)) == (401, "AUTH_REQUIRED")
        assert code_of(api.get(KEYS)) == (401, "AUTH_REQUIRED")
        assert code_of(api.post(KEYS, {})) == (401, "AUTH_REQUIRED")
        api.force_authenticate(outsider)
        assert code_of(api.delete(address)) == (404, "NOT_FOUND")
        assert api.get(KEYS).json()["data"] == []

    def test_refusals(self, api: APIClient, developer: User) -> None:
        api.force_authenticate(developer)
        body = {"name": "Bot", "scopes": ["profile:read"]}
        assert code_of(api.post(KEYS, body)) == (403, "EMAIL_UNVERIFIED")
        assert code_of(api.post(KEYS, {**body, "scopes": ["x"]})) == (422, "VALIDATION_ERROR")
        assert code_of(api.post(KEYS, {**body, "secret": "x"})) == (422, "UNKNOWN_FIELD")
        assert code_of(api.put(KEYS, body)) == (405, "METHOD_NOT_ALLOWED")
