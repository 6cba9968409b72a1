"""Venues over the API."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import AuditEntry, User
from config.lib.errors import ValidationError
from config.tests.fixtures import acting
from events.models import Venue
from events.services import venues
from events.services.venues import NewVenue
from events.tests.factories import VenueFactory

pytestmark = pytest.mark.django_db
VENUES = "/api/v1/venues"
LIDO = {"name": "Lido", "street": "Cuvrystraße 7", "city": "Berlin", "country": "DE", "timezone": "Europe/Berlin"}


def test_a_venue_is_made_once(api: APIClient, organizer: User) -> None:
    api.force_authenticate(organizer)
    first, second = (api.post(VENUES, LIDO) for _time in range(2))
    assert (first.status_code, first["Location"]) == (201, VENUES)
    venue = Venue.objects.get()
    assert first.json()["data"] == second.json()["data"] == {"id": venue.public_id, **LIDO}
    assert AuditEntry.objects.get().action == "venue.create"


def test_the_same_place_of_another_organizer_is_another_venue(api: APIClient, organizer: User, outsider: User) -> None:
    for user in (organizer, outsider):
        api.force_authenticate(user)
        assert api.post(VENUES, LIDO).status_code == 201
    assert Venue.objects.count() == 2


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_is_mine_and_costs_the_same_however_long_it_is(
    api: APIClient, organizer: User, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    mine = VenueFactory.create_batch(number, owner=organizer)
    VenueFactory.create()
    api.force_authenticate(organizer)
    with django_assert_num_queries(1):
        listed = api.get(VENUES).json()["data"]
    assert [venue["name"] for venue in listed] == sorted(venue.name for venue in mine)


@pytest.mark.parametrize(
    ("who", "status"), [("outsider", 200), ("admin_user", 200), ("fan", 403), ("brand", 403), ("anonymous", 401)]
)
def test_who_has_venues(api: APIClient, request: pytest.FixtureRequest, who: str, status: int) -> None:
    if who != "anonymous":
        api.force_authenticate(request.getfixturevalue(who))
    assert api.get(VENUES).status_code == status
    assert api.post(VENUES, LIDO).status_code == (201 if status == 200 else status)
    assert api.delete(VENUES).status_code == 405


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"country": "de"}, "country", "invalid"),
        ({"country": "DEU"}, "country", "invalid"),
        ({"timezone": "Mars/Base"}, "timezone", "unknown_time_zone"),
        ({"timezone": "../etc/passwd"}, "timezone", "unknown_time_zone"),
        ({"name": ""}, "name", "blank"),
        ({"city": "x" * 101}, "city", "max_length"),
        ({"rooms": 2}, "rooms", "unknown_field"),
    ],
)
def test_what_is_not_valid_is_refused_by_field(
    api: APIClient, organizer: User, now: Any, change: dict[str, Any], field: str, code: str
) -> None:
    """Over the API, and by the service, which others call too."""
    api.force_authenticate(organizer)
    response = api.post(VENUES, LIDO | change)
    assert response.status_code == 422
    assert (field, code) in [(detail["field"], detail["code"]) for detail in response.json()["error"]["details"]]
    if code != "unknown_field":
        with pytest.raises(ValidationError) as refused:
            venues.create(actor=acting(organizer), venue=NewVenue(**LIDO | change), now=now)
        assert {detail.field for detail in refused.value.details} == {field}
    assert not Venue.objects.exists()
