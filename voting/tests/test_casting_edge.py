"""`POST /api/v1/events/{id}/vote`: what a client gets for every kind of vote, and in which order it is checked."""

import asyncio
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from config.asgi import application
from config.lib.limits import ProcessWindow
from config.lib.tests.edge_driver import Answer, ask
from events.models import EventStatus
from voting import edge, process, tokens
from voting.models import Ballot, Round, RoundStatus
from voting.tests.factories import opened
from voting.tests.night import Night, make_night

pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture
def night(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Night:
    monkeypatch.setattr(edge, "_repeats", ProcessWindow("vote_token"))
    return make_night()


def token_of(night: Night, attendee: int = 0, *, seconds: int = 600, **changes: Any) -> str:
    facts = {"attendee_id": night.attendees[attendee].pk, "round_id": night.round.pk} | changes
    return tokens.issue(**facts, expires_at=datetime.now(UTC) + timedelta(seconds=seconds))


def body_of(night: Night, **changes: Any) -> dict[str, Any]:
    """A good body; a change to None leaves the field out."""
    artist = night.entries[0].slot.artist.public_id
    fields = {"round": night.round.number, "artist": artist, "token": token_of(night)} | changes
    return {name: value for name, value in fields.items() if value is not None}


def post(night: Night, *bodies: object, event: str = "", headers: Iterable[tuple[str, str]] = ()) -> list[Answer]:
    """Post the bodies one after the other to a web process of their own. Bytes go as they are."""
    path = f"/api/v1/events/{event or night.event.public_id}/vote"

    async def all_of_them() -> list[Answer]:
        async with process.part():
            return [
                await ask(
                    application,
                    "POST",
                    path,
                    parts=[body if isinstance(body, bytes) else json.dumps(body).encode()],
                    headers=[("Content-Type", "application/json"), *headers],
                )
                for body in bodies
            ]

    return asyncio.run(all_of_them())


def test_an_accepted_vote_is_created_and_says_where_it_can_be_looked_up(night: Night) -> None:
    body = body_of(night)
    (answer,) = post(night, body)
    receipt = Ballot.objects.get().receipt
    assert answer.status == 201
    assert answer.json["data"] == {"status": "accepted", "receipt": receipt, "round": 1, "artist": body["artist"]}
    assert answer.json["error"] is None
    assert answer.headers["location"] == f"/api/v1/votes/{receipt}"
    assert answer.headers["ratelimit-limit"] == "30"
    assert Ballot.objects.get().channel == "api"


def test_the_token_is_the_idempotency_key_of_its_vote(night: Night) -> None:
    body = body_of(night)
    first, again = post(night, body, body)
    assert again.status == 200
    assert again.json["data"] == {"status": "duplicate", "receipt": first.json["data"]["receipt"]}


def test_another_token_of_the_same_attendee_is_a_duplicate(night: Night) -> None:
    first, second = post(night, body_of(night), body_of(night, artist=night.entries[1].slot.artist.public_id))
    assert (second.status, second.json["data"]["receipt"]) == (200, first.json["data"]["receipt"])
    assert night.accepted() == night.tallied() == 1


@pytest.mark.parametrize(
    ("body", "status", "code", "fields"),
    [
        (b"{", 400, "MALFORMED", []),
        (b"\xff", 400, "MALFORMED", []),
        (b"[]", 422, "VALIDATION_ERROR", [""]),
        (b"{}", 422, "VALIDATION_ERROR", ["round", "token"]),
        ({"extra": 1}, 422, "UNKNOWN_FIELD", ["extra"]),
        ({"artist": 1}, 422, "VALIDATION_ERROR", ["artist"]),
        ({"artist": None}, 422, "VALIDATION_ERROR", ["artist"]),
        ({"round": "1"}, 422, "VALIDATION_ERROR", ["round"]),
        ({"token": ["x"]}, 422, "VALIDATION_ERROR", ["token"]),
        ({"artist": None, "ranking": ["x"]}, 422, "VALIDATION_ERROR", ["ranking"]),
        ({"choices": {"x": 2}}, 422, "VALIDATION_ERROR", ["choices"]),
    ],
)
def test_a_body_that_is_wrong_says_where(
    night: Night, body: bytes | dict[str, Any], status: int, code: str, fields: list[str]
) -> None:
    (answer,) = post(night, body if isinstance(body, bytes) else body_of(night, **body))
    assert (answer.status, answer.error) == (status, code)
    assert [detail["field"] for detail in answer.json["error"]["details"]] == fields
    assert not Ballot.objects.exists()


def test_a_body_of_another_type_is_refused(night: Night) -> None:
    (answer,) = post(night, body_of(night), headers=[("Content-Type", "text/plain")])
    assert (answer.status, answer.error) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_token_is_good_for_its_own_event_and_round_only(night: Night) -> None:
    other, _entries = opened()
    wrong_event = post(night, body_of(night), event=other.event.public_id)
    wrong = post(
        night,
        body_of(night, round=2),
        body_of(night, token="x" * 60),
        body_of(night, token=token_of(night, round_id=10**9)),
    )
    assert [(answer.status, answer.error) for answer in wrong_event + wrong] == [(403, "BAD_TOKEN")] * 4
    assert not Ballot.objects.exists()


def _expired(night: Night) -> dict[str, Any]:
    return body_of(night, token=token_of(night, seconds=-1))


def _event_closed(night: Night) -> dict[str, Any]:
    night.event.status = EventStatus.CLOSED
    night.event.save()
    return body_of(night)


def _round_closed(night: Night) -> dict[str, Any]:
    Round.objects.update(status=RoundStatus.CLOSED)
    return body_of(night)


def _artist_unknown(night: Night) -> dict[str, Any]:
    return body_of(night, artist="nobody")


REFUSED: list[tuple[Callable[[Night], dict[str, Any]], int, str]] = [
    (_expired, 403, "VOTING_TOKEN_EXPIRED"),
    (_event_closed, 409, "EVENT_NOT_LIVE"),
    (_round_closed, 409, "ROUND_CLOSED"),
    (_artist_unknown, 422, "ARTIST_NOT_IN_ROUND"),
]


@pytest.mark.parametrize(("prepare", "status", "code"), REFUSED)
def test_a_refused_vote_is_answered_and_kept(
    night: Night, prepare: Callable[[Night], dict[str, Any]], status: int, code: str
) -> None:
    (answer,) = post(night, prepare(night))
    assert (answer.status, answer.error) == (status, code)
    assert night.reasons() == [code]


def test_of_several_obstacles_the_first_in_order_is_named(night: Night) -> None:
    obstacles = list(reversed(REFUSED))
    changes: dict[str, Any] = {}
    for prepare, _status, code in obstacles:
        made = prepare(night)
        if prepare is _artist_unknown:
            changes["artist"] = made["artist"]
        if prepare is _expired:
            changes["token"] = made["token"]
        assert post(night, body_of(night, **changes))[0].error == code


def test_failures_are_limited_per_address_and_never_block_a_valid_token(night: Night, settings: Settings) -> None:
    settings.LIMITS = settings.LIMITS | {"bad_token": (2, 60)}
    bad = body_of(night, token="x" * 60)
    answers = post(night, bad, bad, bad, b"{", body_of(night))
    assert [answer.status for answer in answers] == [403, 403, 429, 429, 201]
    assert int(answers[2].headers["retry-after"]) > 0


def test_a_token_that_comes_again_and_again_is_limited(night: Night, settings: Settings) -> None:
    settings.LIMITS = settings.LIMITS | {"vote_token": (3, 60)}
    body = body_of(night)
    answers = post(night, *[body] * 5)
    assert [answer.status for answer in answers] == [201, 200, 200, 200, 429]
    assert answers[1].headers["ratelimit-remaining"] == "2"


def test_a_planned_round_is_not_remembered_as_it_was(night: Night) -> None:
    """A token for a round that opens later (none is issued, but nothing relies on it) meets the ballot as it is then."""
    Round.objects.update(status=RoundStatus.PLANNED)
    night.entries[2].delete()
    late = body_of(night, artist=night.entries[2].slot.artist.public_id)
    assert post(night, late)[0].error == "ROUND_CLOSED"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_post_is_answered(night: Night, method: str) -> None:
    answer = asyncio.run(ask(application, method, f"/api/v1/events/{night.event.public_id}/vote"))
    assert (answer.status, answer.error, answer.headers["allow"]) == (405, "METHOD_NOT_ALLOWED", "POST, OPTIONS")
