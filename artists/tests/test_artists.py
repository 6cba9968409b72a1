"""Artists' profiles: found, read, edited by whoever owns them, handed over by an admin."""

from datetime import datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import AuditEntry, User
from artists.models import Artist, ArtistStatus
from artists.services import profiles
from artists.services.profiles import ArtistAlreadyClaimed
from artists.tests.factories import ArtistFactory
from config.lib.errors import Forbidden, InsufficientScope, NotFound, ValidationError
from config.tests.fixtures import acting

pytestmark = pytest.mark.django_db
ARTISTS = "/api/v1/artists"


@pytest.fixture
def mine(artist: User) -> Artist:
    return ArtistFactory.create(owner=artist, status=ArtistStatus.CLAIMED, name="Ana", slug="ana")


def path(artist: Artist) -> str:
    return f"{ARTISTS}/{artist.public_id}"


def names(api: APIClient, **asked: str) -> list[str]:
    return [artist["name"] for artist in api.get(ARTISTS, asked).json()["data"]]


def test_a_profile_has_its_shape_and_an_etag(api: APIClient, mine: Artist) -> None:
    response = api.get(path(mine))
    assert response.json()["data"] == {
        "id": mine.public_id,
        "name": "Ana",
        "slug": "ana",
        "bio": "",
        "genres": ["indie"],
        "home": "Berlin",
        "status": "claimed",
        "version": 1,
    }
    assert response["Cache-Control"] == "public, no-cache"
    assert api.get(path(mine), HTTP_IF_NONE_MATCH=response["ETag"]).status_code == 304


def test_artists_are_found_by_every_filter(api: APIClient) -> None:
    ArtistFactory.create(name="Bo", genres=["punk"], home="Rome")
    ArtistFactory.create(name="Ana", genres=["jazz", "soul"])
    ArtistFactory.create(name="Gone", status=ArtistStatus.WITHDRAWN)
    assert names(api) == ["Ana", "Bo"]
    assert names(api, ordering="-name") == ["Bo", "Ana"]
    assert names(api, q="an") == ["Ana"]
    assert names(api, genre="Soul") == ["Ana"]
    assert names(api, home="rome") == ["Bo"]
    assert api.get(ARTISTS, {"q": "nul\0"}).status_code == 422
    assert api.get(ARTISTS, {"ordering": "owner"}).status_code == 400


@pytest.mark.parametrize("number", [1, 3])
def test_a_list_costs_the_same_however_long_it_is(
    api: APIClient, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ArtistFactory.create_batch(number)
    with django_assert_num_queries(1):
        assert len(api.get(ARTISTS).json()["data"]) == number


def test_the_owner_edits_what_is_named(api: APIClient, artist: User, mine: Artist) -> None:
    api.force_authenticate(artist)
    response = api.patch(path(mine), {"bio": "Plays.", "genres": ["Soul", " soul", "jazz"]})
    assert response.status_code == 200, response.json()
    data = response.json()["data"]
    assert (data["name"], data["bio"], data["genres"], data["version"]) == ("Ana", "Plays.", ["soul", "jazz"], 2)
    assert AuditEntry.objects.get(action="artist.edit").facts == {"changed": ["bio", "genres"]}
    assert api.patch(path(mine), {}).json()["data"]["version"] == 2


def test_a_stale_version_changes_nothing(api: APIClient, artist: User, mine: Artist) -> None:
    api.force_authenticate(artist)
    stale = api.get(path(mine))["ETag"]
    api.patch(path(mine), {"home": "Rome"}, HTTP_IF_MATCH=stale)
    refused = api.patch(path(mine), {"home": "Oslo"}, HTTP_IF_MATCH=stale)
    assert (refused.status_code, refused.json()["error"]["code"]) == (412, "STALE_VERSION")


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"name": " "}, "name", "blank"),
        ({"name": "x" * 151}, "name", "max_length"),
        ({"genres": ["x"] * 11}, "genres", "max_length"),
        ({"genres": ["x" * 41]}, "genres.0", "max_length"),
        ({"genres": "punk"}, "genres", "not_a_list"),
        ({"status": "approved"}, "status", "unknown_field"),
        ({"owner": 1}, "owner", "unknown_field"),
    ],
)
def test_what_is_not_valid_is_refused_by_field(
    api: APIClient, artist: User, mine: Artist, body: dict[str, Any], field: str, code: str
) -> None:
    api.force_authenticate(artist)
    response = api.patch(path(mine), body)
    assert response.status_code == 422
    assert (field, code) in [(detail["field"], detail["code"]) for detail in response.json()["error"]["details"]]


@pytest.mark.parametrize(
    ("who", "status"),
    [("artist", 200), ("admin_user", 200), ("outsider", 404), ("fan", 404), ("brand", 404), ("anonymous", 401)],
)
def test_who_may_edit(api: APIClient, request: pytest.FixtureRequest, mine: Artist, who: str, status: int) -> None:
    if who != "anonymous":
        api.force_authenticate(request.getfixturevalue(who))
    assert api.patch(path(mine), {"bio": "x"}).status_code == status
    assert api.put(path(mine), {"bio": "x"}).status_code == 405
    assert api.delete(path(mine)).status_code == 405


@pytest.mark.parametrize(("who", "status"), [("artist", 200), ("admin_user", 200), ("fan", 404), ("anonymous", 404)])
def test_who_sees_what_was_withdrawn(
    api: APIClient, request: pytest.FixtureRequest, mine: Artist, who: str, status: int
) -> None:
    Artist.objects.filter(pk=mine.pk).update(status=ArtistStatus.WITHDRAWN)
    if who != "anonymous":
        api.force_authenticate(request.getfixturevalue(who))
    assert api.get(path(mine)).status_code == status


def test_names_may_repeat_and_addresses_do_not(organizer: User, now: datetime) -> None:
    slugs = [profiles.create(actor=acting(organizer), name=name, now=now).slug for name in ("Ana", "Ana", "東京")]
    assert slugs[0] == "ana"
    assert slugs[1].startswith("ana-")
    assert slugs[2] == Artist.objects.get(name="東京").public_id


@pytest.mark.parametrize("fields", [{"name": " "}, {"name": "Ana", "genres": list("abcdefghijk")}])
def test_a_profile_needs_a_name_and_few_genres(organizer: User, now: datetime, fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        profiles.create(actor=acting(organizer), now=now, **fields)


def test_only_organizers_bring_artists_in(fan: User, now: datetime) -> None:
    with pytest.raises(InsufficientScope):
        profiles.create(actor=acting(fan), name="Ana", now=now)


def test_an_admin_hands_a_profile_over_once(admin_user: User, artist: User, fan: User, now: datetime) -> None:
    profile = ArtistFactory.create()
    with pytest.raises(Forbidden):
        profiles.hand_over(actor=acting(artist), public_id=profile.public_id, owner=artist, now=now)
    handed = profiles.hand_over(actor=acting(admin_user), public_id=profile.public_id, owner=artist, now=now)
    assert (handed.owner, handed.status, handed.version) == (artist, "claimed", 2)
    with pytest.raises(ArtistAlreadyClaimed):
        profiles.hand_over(actor=acting(admin_user), public_id=profile.public_id, owner=fan, now=now)
    with pytest.raises(NotFound):
        profiles.hand_over(actor=acting(admin_user), public_id="0123456789abcdef", owner=fan, now=now)
