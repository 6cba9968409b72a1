"""How many wrong passwords there may be before the next one must wait: counted in Redis, shared by every process.

A counter belongs to an identity: an account, or a browser that somebody has signed in with before. Each attempt counts as a
failure before the password is looked at, so that of a thousand attempts at the same moment no more get through than of a
thousand in a row; a right password takes the counter away. Whoever is refused is not counted: nobody can make a wait longer
by not waiting. Why it is like this stands in docs/adr/0012-lock-outs.md.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings

from config.lib import redis
from config.lib.errors import Unavailable
from config.lib.outages import RETRY_SECONDS

# One round trip and atomic. Times are milliseconds of the caller's clock; the key itself goes when nobody can miss it.
_ATTEMPT: Final = """
local now, allowed, first, longest, forgotten =
    tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local stored = redis.call('HMGET', KEYS[1], 'failures', 'locks', 'open', 'wait', 'last')
local failures, locks, open, wait, last =
    tonumber(stored[1] or 0), tonumber(stored[2] or 0), tonumber(stored[3] or 0), tonumber(stored[4] or 0),
    tonumber(stored[5] or 0)
local function keep()
    redis.call('HSET', KEYS[1], 'failures', failures, 'locks', locks, 'wait', string.format('%.0f', wait),
        'open', string.format('%.0f', open), 'last', string.format('%.0f', last))
    redis.call('PEXPIRE', KEYS[1], string.format('%.0f', forgotten + wait))
end
if open > now then
    if open - now > wait then  -- the clock was set back: nobody waits longer than was said
        open = now + wait
        keep()
    end
    return {open - now, 0}
end
if now - math.max(last, open) >= forgotten then failures, locks = 0, 0 end
failures, last, wait, open = failures + 1, now, 0, 0
if failures >= allowed then
    wait = math.min(first * 2 ^ locks, longest)
    failures, locks, open = 0, locks + 1, now + wait
end
keep()
return {0, wait}
"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What an attempt met. `refused_for`: whole seconds it must wait, 0 where it may go on. `locks_for`: whole seconds the
    next one must wait unless this one succeeds, 0 where some are left.
    """

    refused_for: int
    locks_for: int


def _key(identity: str) -> str:
    return f"sign-in:{{{identity}}}"


def _whole_seconds(milliseconds: int) -> int:
    return -(-milliseconds // 1_000)


def attempt(identity: str, *, now: datetime) -> Attempt:
    """Count an attempt of `identity`, before its password is checked. Raises Unavailable while Redis is away."""
    seconds = (settings.SIGN_IN_LOCK_SECONDS, settings.SIGN_IN_LOCK_MOST_SECONDS, settings.SIGN_IN_FORGET_SECONDS)
    times = [int(now.timestamp() * 1_000), settings.SIGN_IN_FAILURES, *(each * 1_000 for each in seconds)]
    try:
        left, wait = redis.sync_client().eval(_ATTEMPT, 1, _key(identity), *times)
    except redis.AWAY as error:
        raise Unavailable(retry_after=RETRY_SECONDS) from error
    return Attempt(refused_for=_whole_seconds(left), locks_for=_whole_seconds(wait))


def locked_for(identity: str, *, now: datetime) -> int:
    """Whole seconds its next attempt must wait, 0 for none; counts nothing. Raises Unavailable while Redis is away."""
    try:
        opens = redis.sync_client().hget(_key(identity), "open")
    except redis.AWAY as error:
        raise Unavailable(retry_after=RETRY_SECONDS) from error
    return max(0, _whole_seconds(int(opens or 0) - int(now.timestamp() * 1_000)))


def clear(identity: str) -> bool:
    """Forget its failures and open its lock; whether there was anything. Raises Unavailable while Redis is away."""
    try:
        return bool(redis.sync_client().delete(_key(identity)))
    except redis.AWAY as error:
        raise Unavailable(retry_after=RETRY_SECONDS) from error
