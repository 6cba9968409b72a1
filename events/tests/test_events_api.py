"""Events over the API: make, edit, delete."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AuditEntry, User
from accounts.tests.factories import UserFactory, confirm_email
from events.models import Event, EventStatus
from events.tests.factories import (
    EventFactory,
    EventStaffFactory,
    SenderFactory,
    SlotFactory,
    VenueFactory,
)

pytestmark = pytest.mark.django_db
EVENTS = "/api/v1/events"


@pytest.fixture
def body() -> dict[str, Any]:
    """A complete new event."""
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    return {
        "title": "Night of Noise",
        "description": "Loud.",
        "starts_at": start.isoformat().replace("+00:00", "Z"),
        "ends_at": (start + timedelta(hours=4)).isoformat().replace("+00:00", "Z"),
        "doors_at": None,
        "access": "public",
        "venue": {"name": "Lido", "city": "Berlin", "country": "DE", "timezone": "Europe/Berlin"},
        "category": "Concert",
        "tags": ["Punk", "punk ", "loud"],
    }


def path(event: Event, step: str = "") -> str:
    return f"{EVENTS}/{event.public_id}{step}"


def test_a_new_event_is_a_draft_of_its_shape(api: APIClient, organizer: User, body: dict[str, Any]) -> None:
    api.force_authenticate(organizer)
    response = api.post(EVENTS, body)
    assert response.status_code == 201, response.json()
    event = response.json()["data"]
    assert response["Location"] == f"{EVENTS}/{event['id']}"
    venue = event.pop("venue")
    assert {name: venue[name] for name in ("name", "city", "country", "timezone")} == body["venue"]
    assert event.pop("created_at").endswith("Z")
    assert event.pop("vote_config")["method"] == "single"
    assert event == {
        "id": event["id"],
        "slug": "night-of-noise",
        "title": "Night of Noise",
        "description": "Loud.",
        "status": "draft",
        "access": "public",
        "starts_at": body["starts_at"],
        "ends_at": body["ends_at"],
        "doors_at": None,
        "category": "concert",
        "tags": ["punk", "loud"],
        "join_keyword": "NIGHTOFNOISE",
        "join_number": "+12025550100",
        "lineup": [],
        "version": 1,
    }
    assert AuditEntry.objects.get(action="event.create").subject_id == event["id"]


def test_a_title_may_repeat_and_the_second_event_gets_an_address_and_keyword_of_its_own(
    api: APIClient, organizer: User, body: dict[str, Any]
) -> None:
    api.force_authenticate(organizer)
    first, second = (api.post(EVENTS, body).json()["data"] for _time in range(2))
    assert second["slug"].startswith("night-of-noise-")
    assert (first["join_keyword"], second["join_keyword"]) == ("NIGHTOFNOISE", "NIGHTOFNOISE2")
    assert first["venue"] == second["venue"]


def test_an_idempotency_key_makes_one_event_of_two_requests(
    api: APIClient, organizer: User, body: dict[str, Any]
) -> None:
    api.force_authenticate(organizer)
    first, second = (api.post(EVENTS, body, HTTP_IDEMPOTENCY_KEY="once") for _time in range(2))
    assert first.json()["data"] == second.json()["data"]
    assert first["Location"] == second["Location"]
    assert Event.objects.count() == 1
    other = api.post(EVENTS, {**body, "title": "Other"}, HTTP_IDEMPOTENCY_KEY="once")
    assert (other.status_code, other.json()["error"]["code"]) == (409, "IDEMPOTENCY_MISMATCH")


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"title": ""}, "title", "blank"),
        ({"title": "x" * 201}, "title", "max_length"),
        ({"title": "nul\0"}, "title", "null_characters_not_allowed"),
        ({"ends_at": "2020-01-01T00:00:00Z"}, "ends_at", "too_early"),
        ({"starts_at": "1970-01-01T00:00:00Z"}, "starts_at", "out_of_range"),
        ({"ends_at": "9999-12-31T23:59:59Z"}, "ends_at", "out_of_range"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, "starts_at", "overflow"),
        ({"starts_at": "tomorrow"}, "starts_at", "invalid"),
        ({"doors_at": "2090-01-01T00:00:00Z"}, "doors_at", "too_late"),
        ({"access": "secret"}, "access", "invalid_choice"),
        ({"tags": ["x"] * 21}, "tags", "max_length"),
        ({"join_keyword": "STOP"}, "join_keyword", "reserved"),
        ({"join_keyword": "oui"}, "join_keyword", "reserved"),
        ({"join_keyword": "VOTE"}, "join_keyword", "reserved"),
        ({"join_keyword": "4242"}, "join_keyword", "invalid"),
        ({"join_keyword": "NIGHT 42"}, "join_keyword", "invalid"),
        ({"join_keyword": "x" * 21}, "join_keyword", "max_length"),
        (
            {"venue": {"name": "Lido", "city": "B", "country": "de", "timezone": "Europe/Berlin"}},
            "venue.country",
            "invalid",
        ),
        (
            {"venue": {"name": "L", "city": "B", "country": "DE", "timezone": "Mars"}},
            "venue.timezone",
            "unknown_time_zone",
        ),
        ({"venue": {"name": "Lido"}}, "venue.city", "required"),
        ({"venue_id": "0123456789abcdef"}, "venue", "one_of"),
        ({"vote_config": {"colour": 1}}, "vote_config.colour", "unknown_field"),
        ({"vote_config": {"method": "ranked"}}, "vote_config.method", "not_offered"),
        ({"vote_config": []}, "vote_config", "not_a_dict"),
        ({"colour": "red"}, "colour", "unknown_field"),
    ],
)
def test_what_is_not_valid_is_refused_by_field(
    api: APIClient, organizer: User, body: dict[str, Any], change: dict[str, Any], field: str, code: str
) -> None:
    api.force_authenticate(organizer)
    response = api.post(EVENTS, {**body, **change})
    assert response.status_code == 422, response.json()
    assert (field, code) in [(detail["field"], detail["code"]) for detail in response.json()["error"]["details"]]
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("change", "code"), [({"vote_config": {"x": 1}}, "VOTE_CONFIG_INVALID"), ({"x": 1}, "UNKNOWN_FIELD")]
)
def test_refusals_have_their_own_codes(
    api: APIClient, organizer: User, body: dict[str, Any], change: dict[str, Any], code: str
) -> None:
    api.force_authenticate(organizer)
    assert api.post(EVENTS, {**body, **change}).json()["error"]["code"] == code


def test_what_is_required_is_named(api: APIClient, organizer: User) -> None:
    api.force_authenticate(organizer)
    details = api.post(EVENTS, {}).json()["error"]["details"]
    assert {detail["field"] for detail in details} == {"title", "starts_at", "ends_at", "access"}


def test_a_venue_of_mine_can_be_named_and_one_of_others_cannot(
    api: APIClient, organizer: User, outsider: User, body: dict[str, Any]
) -> None:
    mine, theirs = VenueFactory.create(owner=organizer), VenueFactory.create(owner=outsider)
    del body["venue"]
    api.force_authenticate(organizer)
    assert api.post(EVENTS, {**body, "venue_id": mine.public_id}).json()["data"]["venue"]["id"] == mine.public_id
    refused = api.post(EVENTS, {**body, "venue_id": theirs.public_id})
    assert refused.json()["error"]["details"][0]["code"] == "does_not_exist"


def test_a_keyword_in_use_is_refused_until_its_event_is_over(
    api: APIClient, organizer: User, body: dict[str, Any]
) -> None:
    taken = EventFactory.create(join_keyword="NOISE", live=True)
    api.force_authenticate(organizer)
    refused = api.post(EVENTS, {**body, "join_keyword": "noise"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "KEYWORD_TAKEN")
    assert refused.json()["error"]["details"][0]["field"] == "join_keyword"
    Event.objects.filter(pk=taken.pk).update(status=EventStatus.CLOSED)
    assert api.post(EVENTS, {**body, "join_keyword": "noise"}).json()["data"]["join_keyword"] == "NOISE"


def test_another_number_may_use_the_same_keyword(api: APIClient, organizer: User, body: dict[str, Any]) -> None:
    EventFactory.create(join_keyword="NOISE", live=True, sender=SenderFactory.create())
    api.force_authenticate(organizer)
    assert api.post(EVENTS, {**body, "join_keyword": "NOISE"}).status_code == 201


@pytest.mark.parametrize("who", ["fan", "artist", "brand", "developer", None])
def test_only_organizers_make_events(
    api: APIClient, request: pytest.FixtureRequest, body: dict[str, Any], who: str | None
) -> None:
    if who:
        api.force_authenticate(request.getfixturevalue(who))
    response = api.post(EVENTS, body)
    assert response.status_code == (403 if who else 401)
    assert response.json()["error"]["code"] == ("INSUFFICIENT_SCOPE" if who else "AUTH_REQUIRED")


# --- Editing ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def event(organizer: User) -> Event:
    return EventFactory.create(owner=organizer, published=True, title="Before", join_keyword="BEFORE", tags=["a"])


def test_a_patch_changes_what_it_names(api: APIClient, organizer: User, event: Event) -> None:
    api.force_authenticate(organizer)
    response = api.patch(path(event), {"title": "After", "vote_config": {"results": "reveal"}})
    assert response.status_code == 200, response.json()
    data = response.json()["data"]
    assert (data["title"], data["slug"], data["join_keyword"]) == ("After", event.slug, "BEFORE")
    assert (data["tags"], data["vote_config"]["results"], data["version"]) == (["a"], "reveal", 2)
    assert AuditEntry.objects.get(action="event.edit").facts == {"changed": ["title", "vote_config"]}


def test_a_put_replaces_all_but_the_keyword(
    api: APIClient, organizer: User, event: Event, body: dict[str, Any]
) -> None:
    api.force_authenticate(organizer)
    del body["tags"], body["description"]
    data = api.put(path(event), body).json()["data"]
    assert (data["title"], data["tags"], data["description"]) == ("Night of Noise", [], "")
    assert (data["join_keyword"], data["venue"]["name"]) == ("BEFORE", "Lido")
    incomplete = api.put(path(event), {"title": "Only"})
    assert incomplete.status_code == 422


def test_an_empty_keyword_asks_for_one_made_from_the_title(api: APIClient, organizer: User, event: Event) -> None:
    api.force_authenticate(organizer)
    data = api.patch(path(event), {"join_keyword": "", "title": "¡Olé 2030!"}).json()["data"]
    assert data["join_keyword"] == "OLE2030"


def test_a_stale_version_changes_nothing(api: APIClient, organizer: User, event: Event) -> None:
    api.force_authenticate(organizer)
    stale = api.get(path(event))["ETag"]
    fresh = api.patch(path(event), {"title": "First"}, HTTP_IF_MATCH=stale)["ETag"]
    refused = api.patch(path(event), {"title": "Second"}, HTTP_IF_MATCH=stale)
    assert (refused.status_code, refused.json()["error"]["code"]) == (412, "STALE_VERSION")
    assert api.patch(path(event), {"title": "Third"}, HTTP_IF_MATCH=fresh).json()["data"]["title"] == "Third"
    for odd in ('"other.1"', "nonsense", '"' + event.public_id + "." + "9" * 5000 + '"'):
        assert api.patch(path(event), {"title": "x"}, HTTP_IF_MATCH=odd).status_code == 412
    assert api.patch(path(event), {"title": "Any"}, HTTP_IF_MATCH="*").status_code == 200


@pytest.mark.parametrize("trait", ["closed", "archived", "cancelled"])
def test_what_is_over_stays_as_it_is(api: APIClient, organizer: User, trait: str) -> None:
    event = EventFactory.create(owner=organizer, **{trait: True})
    api.force_authenticate(organizer)
    refused = api.patch(path(event), {"title": "x"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "EVENT_NOT_EDITABLE")


def test_an_end_before_the_stored_start_is_refused(api: APIClient, organizer: User, event: Event) -> None:
    api.force_authenticate(organizer)
    before = event.starts_at - timedelta(hours=1)
    response = api.patch(path(event), {"ends_at": before.isoformat()})
    assert response.json()["error"]["details"][0]["field"] == "ends_at"


CHANGING = {"owner": 200, "manager": 200, "admin_user": 200, "door": 404, "outsider": 404, "fan": 403, "anonymous": 401}


@pytest.mark.parametrize("who", CHANGING)
@pytest.mark.parametrize("verb", ["patch", "publish", "delete"])
def test_who_may_change_an_event(
    api: APIClient, request: pytest.FixtureRequest, organizer: User, who: str, verb: str
) -> None:
    event = EventFactory.create(owner=organizer)
    staff = UserFactory.create(role="organizer")
    if who in {"manager", "door"}:
        EventStaffFactory.create(event=event, user=staff, role=who)
    known = {"owner": organizer, "manager": staff, "door": staff}
    if who != "anonymous":
        api.force_authenticate(confirm_email(known.get(who) or request.getfixturevalue(who)))
    response = {
        "patch": lambda: api.patch(path(event), {"title": "x"}),
        "publish": lambda: api.post(path(event, "/publish")),
        "delete": lambda: api.delete(path(event)),
    }[verb]()
    allowed = CHANGING[who] == 200
    assert response.status_code == (204 if allowed and verb == "delete" else CHANGING[who])
    assert Event.objects.filter(title=event.title, status=EventStatus.DRAFT).exists() != allowed


def test_only_drafts_are_deleted(api: APIClient, organizer: User, event: Event) -> None:
    api.force_authenticate(organizer)
    refused = api.delete(path(event))
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "EVENT_ALREADY_PUBLISHED")
    draft = EventFactory.create(owner=organizer)
    SlotFactory.create(event=draft)
    assert api.delete(path(draft)).status_code == 204
    assert AuditEntry.objects.get(action="event.delete").subject_id == draft.public_id
    assert api.get(path(draft)).status_code == 404


def test_a_session_without_its_csrf_token_changes_nothing(organizer: User, event: Event) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(organizer)
    refused = client.patch(path(event), {"title": "x"}, content_type="application/json")
    assert refused.status_code == 403
