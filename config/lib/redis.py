"""Redis clients. Redis holds only what can be rebuilt, so every caller says what it does when Redis is away.

Keys put the part that must stay together in braces (`{event:42}`), which keeps multi-key commands on one cluster slot.
"""

from functools import cache

import redis
import redis.asyncio
from django.conf import settings

Client = redis.Redis
AsyncClient = redis.asyncio.Redis
Subscription = redis.asyncio.client.PubSub
Error = redis.RedisError
AWAY = (redis.ConnectionError, redis.TimeoutError, redis.exceptions.BusyLoadingError)
_PATIENCE_SECONDS = 2.0


@cache
def sync_client() -> Client:
    """The process's client for synchronous code; answers are bytes."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=_PATIENCE_SECONDS, socket_connect_timeout=_PATIENCE_SECONDS
    )


def async_client() -> AsyncClient:
    """A new client bound to the running event loop; whoever makes it closes it with `aclose()`."""
    return redis.asyncio.Redis.from_url(
        settings.REDIS_URL, socket_timeout=_PATIENCE_SECONDS, socket_connect_timeout=_PATIENCE_SECONDS
    )
