"""The addresses of rounds, voting tokens and receipts: who gets what, as which status."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from config.lib.public_ids import new_public_id
from events.models import Event, EventAccess, EventStatus
from events.tests.factories import AttendeeFactory, EventFactory
from voting import tokens
from voting.models import BallotState, Round, RoundStatus
from voting.tests.factories import BallotFactory, RoundFactory, line_up, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(organizer: User) -> Event:
    event = EventFactory.create(live=True, owner=organizer)
    line_up(event, 2)
    return event


def rounds_of(event: Event, rest: str = "") -> str:
    return f"/api/v1/events/{event.public_id}/rounds{rest}"


def signed_in(api: APIClient, user: User | None) -> APIClient:
    api.force_authenticate(user)
    return api


def test_a_round_is_planned_read_edited_opened_closed_and_revealed(api: APIClient, event: Event) -> None:
    signed_in(api, event.owner)
    closes_at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    planned = api.post(rounds_of(event), {"name": "Heats", "closes_at": closes_at.isoformat()})
    assert (planned.status_code, planned["Location"]) == (201, rounds_of(event, "/1"))
    artists = [
        {
            "id": slot.artist.public_id,
            "name": slot.artist.name,
            "slug": slot.artist.slug,
            "ballot_number": slot.ballot_number,
        }
        for slot in event.lineup.order_by("ballot_number")
    ]
    shown = {
        "number": 1,
        "name": "Heats",
        "status": "planned",
        "opens_at": None,
        "closes_at": closes_at.isoformat().replace("+00:00", "Z"),
        "artists": artists,
        "version": 1,
    }
    assert planned.json()["data"] == shown
    assert api.get(planned["Location"]).json()["data"] == shown
    edited = api.patch(planned["Location"], {"artists": [artists[1]["id"]]}, headers={"If-Match": planned["ETag"]})
    assert edited.json()["data"] == {**shown, "artists": artists[1:], "version": 2}
    statuses = [
        api.post(rounds_of(event, f"/1/{step}")).json()["data"]["status"] for step in ("open", "close", "reveal")
    ]
    assert statuses == ["open", "closed", "revealed"]


def test_a_state_that_the_client_has_is_not_sent_again_and_an_old_one_not_overwritten(
    api: APIClient, event: Event
) -> None:
    signed_in(api, event.owner)
    etag = api.post(rounds_of(event), {})["ETag"]
    assert api.get(rounds_of(event, "/1"), headers={"If-None-Match": etag}).status_code == 304
    assert api.patch(rounds_of(event, "/1"), {"name": "Final"}).status_code == 200
    stale = api.patch(rounds_of(event, "/1"), {"name": "Other"}, headers={"If-Match": etag})
    assert (stale.status_code, stale.json()["error"]["code"]) == (412, "STALE_VERSION")


def test_a_repeated_plan_with_the_same_key_is_one_round(api: APIClient, event: Event) -> None:
    signed_in(api, event.owner)
    answers = [api.post(rounds_of(event), {}, headers={"Idempotency-Key": "one"}) for _ in range(2)]
    assert [answer.json()["data"]["number"] for answer in answers] == [1, 1]
    assert Round.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"nme": "x"}, "UNKNOWN_FIELD", "nme"),
        ({"artists": ["nobody"]}, "VALIDATION_ERROR", "artists.0"),
        ({"artists": [new_public_id()]}, "VALIDATION_ERROR", "artists.0"),
        ({"closes_at": "2020-01-01T00:00:00Z"}, "VALIDATION_ERROR", "closes_at"),
        ({"name": "x" * 101}, "VALIDATION_ERROR", "name"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(
    api: APIClient, event: Event, body: dict[str, Any], code: str, field: str
) -> None:
    answer = signed_in(api, event.owner).post(rounds_of(event), body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["details"][0]["field"]) == (422, code, field)


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(
    api: APIClient, event: Event, size: int, django_assert_num_queries: Any
) -> None:
    opened(event)
    RoundFactory.create_batch(size - 1, event=event)
    with django_assert_num_queries(4):
        rounds = api.get(rounds_of(event)).json()["data"]
    assert [len(round_["artists"]) for round_ in rounds] == [2] * size


def test_rounds_are_seen_by_whoever_sees_the_event_and_changed_by_whoever_runs_it(
    api: APIClient, event: Event, fan: User, outsider: User
) -> None:
    RoundFactory.create(event=event)
    statuses = {}
    for name, user in (("anonymous", None), ("fan", fan), ("outsider", outsider)):
        signed_in(api, user)
        changes = [api.post(rounds_of(event), {}), api.patch(rounds_of(event, "/1"), {"name": "Mine"})]
        changes += [api.post(rounds_of(event, f"/1/{step}")) for step in ("open", "close", "reveal")]
        reads = [api.get(rounds_of(event)), api.get(rounds_of(event, "/1"))]
        statuses[name] = {answer.status_code for answer in reads}, {answer.status_code for answer in changes}
    assert statuses == {"anonymous": ({200}, {401}), "fan": ({200}, {403}), "outsider": ({200}, {404})}
    Event.objects.update(access=EventAccess.PRIVATE)
    assert api.get(rounds_of(event)).status_code == api.get(rounds_of(event, "/1")).status_code == 404


def test_a_round_that_is_not_there(api: APIClient, event: Event) -> None:
    signed_in(api, event.owner)
    for number in (7, 10**12):
        assert api.get(rounds_of(event, f"/{number}")).status_code == 404
        assert api.post(rounds_of(event, f"/{number}/open")).status_code == 404


def test_refusals_carry_their_codes(api: APIClient, event: Event) -> None:
    signed_in(api, event.owner)
    api.post(rounds_of(event), {})
    api.post(rounds_of(event), {})
    assert api.post(rounds_of(event, "/1/close")).json()["error"]["code"] == "ROUND_CANNOT_MOVE"
    assert api.post(rounds_of(event, "/1/open")).status_code == 200
    assert api.patch(rounds_of(event, "/1"), {}).json()["error"]["code"] == "ROUND_NOT_PLANNED"
    assert api.post(rounds_of(event, "/2/open")).json()["error"]["code"] == "ANOTHER_ROUND_OPEN"
    Event.objects.update(status=EventStatus.CLOSED)
    assert api.post(rounds_of(event, "/2/open")).json()["error"]["code"] == "EVENT_NOT_LIVE"
    assert api.post(rounds_of(event), {}).json()["error"]["code"] == "ROUND_NOT_PLANNABLE"


def voting_token(api: APIClient, event: Event) -> Any:
    return api.post(f"/api/v1/events/{event.public_id}/voting-token")


def test_a_confirmed_attendee_gets_a_voting_token(api: APIClient, event: Event, fan: User) -> None:
    round_, _entries = opened(event)
    attendee = AttendeeFactory.create(event=event, user=fan, phone=None)
    before = datetime.now(UTC)
    answer = voting_token(signed_in(api, fan), event)
    data = answer.json()["data"]
    token = tokens.read(data["token"])
    assert (answer.status_code, data["round"]) == (200, 1)
    assert (token.attendee_id, token.round_id) == (attendee.pk, round_.pk)
    expires_at = datetime.fromisoformat(data["expires_at"])
    assert token.expires_at == expires_at.timestamp()
    assert timedelta(seconds=595) < expires_at - before <= timedelta(seconds=601)


def test_a_merged_attendee_votes_as_the_one_it_was_merged_into(api: APIClient, event: Event, fan: User) -> None:
    opened(event)
    older = AttendeeFactory.create(event=event)
    AttendeeFactory.create(event=event, user=fan, phone=None, left=True, merged_into=older)
    token = voting_token(signed_in(api, fan), event).json()["data"]["token"]
    assert tokens.read(token).attendee_id == older.pk


def test_who_gets_no_voting_token(api: APIClient, event: Event, fan: User) -> None:
    def refusal() -> tuple[int, str]:
        answer = voting_token(api, event)
        return answer.status_code, answer.json()["error"]["code"]

    assert refusal() == (401, "AUTH_REQUIRED")
    signed_in(api, fan)
    assert refusal() == (403, "ATTENDEE_NOT_CONFIRMED")
    attendee = AttendeeFactory.create(event=event, user=fan, phone=None)
    assert refusal() == (409, "ROUND_CLOSED")
    opened(event)
    Event.objects.update(status=EventStatus.CLOSED)
    assert refusal() == (409, "EVENT_NOT_LIVE")
    Event.objects.update(status=EventStatus.LIVE)
    attendee.status = "left"
    attendee.save()
    assert refusal() == (403, "ATTENDEE_NOT_CONFIRMED")
    Event.objects.update(access=EventAccess.PRIVATE)
    attendee.delete()
    assert refusal() == (404, "NOT_FOUND")


@pytest.mark.parametrize(("state", "counted"), [(state, state == BallotState.ACCEPTED) for state in BallotState])
def test_anyone_can_look_a_receipt_up_and_learns_only_whether_it_counts(
    api: APIClient, state: BallotState, counted: bool
) -> None:
    round_, entries = opened()
    at = datetime(2026, 11, 20, 20, 15, tzinfo=UTC)
    ballot = BallotFactory.create(round=round_, entry=entries[0], state=state, reason="x", received_at=at)
    Round.objects.update(status=RoundStatus.CLOSED)
    answer = api.get(f"/api/v1/votes/{ballot.receipt.upper()}")
    assert answer.json()["data"] == {"counted": counted, "round": 1, "at": "2026-11-20T20:15:00Z"}


@pytest.mark.parametrize("code", ["nothere00000", "short", "x" * 200])
def test_a_receipt_nobody_was_given(api: APIClient, code: str) -> None:
    assert api.get(f"/api/v1/votes/{code}").status_code == 404


@pytest.mark.parametrize("rest", ["", "/1", "/1/open", "/1/close", "/1/reveal"])
def test_other_verbs_are_not_answered(api: APIClient, event: Event, rest: str) -> None:
    assert signed_in(api, event.owner).delete(rounds_of(event, rest)).status_code == 405
