"""Rate limits: fixed windows shared by every process, and what happens while Redis is away."""

import asyncio

import pytest
import redis
from pytest_django import Settings

from config.lib import limits
from config.lib import redis as our_redis
from config.lib.limits import Allowance, acount, count


@pytest.fixture(autouse=True)
def _limits(settings: Settings) -> None:
    settings.LIMITS = {"few": (3, 60), "brief": (1, 1)}


@pytest.fixture
def _away(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = redis.Redis(host="127.0.0.1", port=1)
    monkeypatch.setattr(our_redis, "sync_client", lambda: lost)


def test_counting_up_to_the_limit_and_over() -> None:
    allowances = [count("few", "a") for _ in range(4)]

    assert [allowance and allowance.remaining for allowance in allowances] == [2, 1, 0, 0]
    assert [allowance and allowance.exceeded for allowance in allowances] == [False, False, False, True]


def test_identities_and_limits_are_counted_apart() -> None:
    count("few", "a", cost=3)

    assert count("few", "b") == Allowance(limit=3, used=1, reset=60)
    assert count("brief", "a") == Allowance(limit=1, used=1, reset=1)


def test_a_window_ends_by_itself() -> None:
    count("brief", "a")
    key = next(iter(our_redis.sync_client().scan_iter("limit:brief:*")))

    assert 0 < our_redis.sync_client().pttl(key) <= 1_000


def test_a_window_is_not_prolonged_by_use() -> None:
    count("few", "a")
    key = next(iter(our_redis.sync_client().scan_iter("limit:few:*")))
    our_redis.sync_client().expire(key, 10)

    allowance = count("few", "a")

    assert allowance is not None
    assert allowance.reset <= 10


def test_headers_say_what_is_left_and_when_to_come_back() -> None:
    assert Allowance(limit=3, used=1, reset=9).headers() == {
        "RateLimit-Limit": "3",
        "RateLimit-Remaining": "2",
        "RateLimit-Reset": "9",
    }
    assert Allowance(limit=3, used=4, reset=9).headers()["Retry-After"] == "9"


@pytest.mark.usefixtures("_away")
def test_while_redis_is_away_the_caller_decides() -> None:
    assert count("few", "a") is None


class TestAsynchronous:
    async def test_both_count_the_same(self) -> None:
        client = our_redis.async_client()
        counted = await asyncio.gather(*(acount(client, "few", "a") for _ in range(3)))
        await client.aclose()

        assert sorted(allowance.used for allowance in counted if allowance) == [1, 2, 3]
        allowance = count("few", "a")
        assert allowance is not None
        assert allowance.exceeded

    async def test_while_redis_is_away(self) -> None:
        client = redis.asyncio.Redis(host="127.0.0.1", port=1)

        assert await acount(client, "few", "a") is None
        await client.aclose()


def test_limits_are_read_from_the_settings() -> None:
    assert limits.limit_named("few") == (3, 60)
