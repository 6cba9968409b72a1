"""Rate limits, counted in Redis and so shared by every process.

Fixed windows: one counter per identity and window. The limits themselves are settings (`LIMITS`), as (number, seconds).
"""

import logging
from dataclasses import dataclass

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


def limit_named(name: str) -> tuple[int, int]:
    """(requests, seconds) of the limit called `name` in the settings."""
    number, seconds = settings.LIMITS[name]
    return number, seconds


def _key(name: str, identity: str) -> str:
    return f"limit:{name}:{{{identity}}}"


def count(name: str, identity: str, *, cost: int = 1) -> Allowance | None:
    """Count `cost` requests of `identity` against the limit `name`. None while Redis is away: the caller decides."""
    number, seconds = limit_named(name)
    try:
        used, ttl = redis.sync_client().eval(_COUNT, 1, _key(name, identity), seconds, cost)
    except redis.AWAY:
        logger.warning("limits.unavailable", extra={"limit": name})
        return None
    return Allowance(limit=number, used=used, reset=max(ttl, 1))


async def acount(client: redis.AsyncClient, name: str, identity: str, *, cost: int = 1) -> Allowance | None:
    """The same for asynchronous code, on the caller's client."""
    number, seconds = limit_named(name)
    try:
        used, ttl = await client.eval(_COUNT, 1, _key(name, identity), seconds, cost)
    except redis.AWAY:
        logger.warning("limits.unavailable", extra={"limit": name})
        return None
    return Allowance(limit=number, used=used, reset=max(ttl, 1))
