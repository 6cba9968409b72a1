"""Rate limits, counted in Redis and so shared by every process (ADR 0015).

Fixed windows: one counter per identity, whose window begins with the first request in it. The limits themselves are settings
(`LIMITS`), as (number, seconds).
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic

from django.conf import settings

from config.lib import redis

logger = logging.getLogger(__name__)

# One round trip and atomic: count, start the window at its first request, say when it ends.
_COUNT = """
local used = redis.call('INCRBY', KEYS[1], ARGV[2])
if used == tonumber(ARGV[2]) then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return {used, redis.call('TTL', KEYS[1])}
"""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a limit after this request; `reset` is in seconds from now."""

    limit: int
    used: int
    reset: int

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def exceeded(self) -> bool:
        return self.used > self.limit

    def headers(self) -> dict[str, str]:
        """The RateLimit-* fields, and Retry-After once the limit is exceeded."""
        headers = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }
        return {**headers, "Retry-After": str(self.reset)} if self.exceeded else headers

    def raw_headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """The RateLimit-* fields as ASGI sends them."""
        return (
            (b"ratelimit-limit", b"%d" % self.limit),
            (b"ratelimit-remaining", b"%d" % self.remaining),
            (b"ratelimit-reset", b"%d" % self.reset),
        )


def tightest(*allowances: Allowance | None) -> Allowance | None:
    """Of several limits that counted one request, the one to announce: exceeded first, else with the least left."""
    known = [allowance for allowance in allowances if allowance is not None]
    return min(known, key=lambda each: (not each.exceeded, each.remaining), default=None)


_replaced: dict[str, tuple[int, int]] = {}


def replace(limits: Mapping[str, tuple[int, int]]) -> None:
    """Until the next call these are in force in this process instead of the settings' own: name → (requests, seconds)."""
    _replaced.clear()
    _replaced.update(limits)


def limit_named(name: str) -> tuple[int, int]:
    """(requests, seconds) of the limit called `name`: as it was replaced, else as the settings say."""
    number, seconds = _replaced.get(name) or settings.LIMITS[name]
    return number, seconds


def _key(name: str, identity: str) -> str:
    return f"limit:{name}:{{{identity}}}"


def count(name: str, identity: str, *, cost: int = 1, most: int | None = None) -> Allowance | None:
    """Count `cost` requests of `identity` against the limit `name`, or against `most` requests in its window.

    None while Redis is away: the caller decides.
    """
    number, seconds = limit_named(name)
    try:
        used, ttl = redis.sync_client().eval(_COUNT, 1, _key(name, identity), seconds, cost)
    except redis.AWAY:
        logger.warning("limits.unavailable", extra={"limit": name})
        return None
    return Allowance(limit=most or number, used=used, reset=max(ttl, 1))


async def acount(client: redis.AsyncClient, name: str, identity: str, *, cost: int = 1) -> Allowance | None:
    """The same for asynchronous code, on the caller's client."""
    number, seconds = limit_named(name)
    try:
        used, ttl = await client.eval(_COUNT, 1, _key(name, identity), seconds, cost)
    except redis.AWAY:
        logger.warning("limits.unavailable", extra={"limit": name})
        return None
    return Allowance(limit=number, used=used, reset=max(ttl, 1))


class ProcessWindow:
    """A limit that this process counts for itself, in memory: where a round trip to Redis would cost more than the answer.

    All identities share one window, at whose end everything is forgotten. With n processes up to n times the limit passes.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._counts: dict[str | bytes, int] = {}
        self._ends = 0.0

    def next(self, identity: str | bytes) -> Allowance:
        """What one more request would leave; nothing is counted."""
        number, seconds = limit_named(self._name)
        now = monotonic()
        if now >= self._ends:
            self._counts, self._ends = {}, now + seconds
        reset = max(1, round(self._ends - now))
        return Allowance(limit=number, used=self._counts.get(identity, 0) + 1, reset=reset)

    def count(self, identity: str | bytes) -> Allowance:
        """Count one request; what it leaves."""
        allowance = self.next(identity)
        self._counts[identity] = allowance.used
        return allowance
