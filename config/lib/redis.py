"""Redis clients. Redis holds only what can be rebuilt, so every caller says what it does when Redis is away.

Keys put the part that must stay together in braces (`{event:42}`), which keeps multi-key commands on one cluster slot.
"""

from functools import cache

import redis
import redis.asyncio
import redis.asyncio.retry
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

Client = redis.Redis
AsyncClient = redis.asyncio.Redis
Subscription = redis.asyncio.client.PubSub
Error = redis.RedisError
AWAY = (redis.ConnectionError, redis.TimeoutError, redis.exceptions.BusyLoadingError)
_PATIENCE_SECONDS = 2.0
_RETRIES = 1  # for a connection that was closed while idle; redis-py's own three wait for seconds, and people with them


@cache
def sync_client() -> Client:
    """The process's client for synchronous code; answers are bytes."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=_PATIENCE_SECONDS,
        socket_connect_timeout=_PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), _RETRIES),
    )


def async_client() -> AsyncClient:
    """A new client bound to the running event loop; whoever makes it closes it with `aclose()`."""
    return redis.asyncio.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=_PATIENCE_SECONDS,
        socket_connect_timeout=_PATIENCE_SECONDS,
        retry=redis.asyncio.retry.Retry(NoBackoff(), _RETRIES),
    )
