"""The cache in front of session rows, which are in PostgreSQL: while Redis is away, the rows answer."""

from contextlib import suppress
from typing import Any

from django.core.cache.backends.redis import RedisCache

from config.lib import redis


class SessionCache(RedisCache):
    """Knows nothing and keeps nothing while Redis is away, instead of failing."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except redis.AWAY:
            return default

    def set(self, key: Any, value: Any, timeout: Any = None, version: int | None = None) -> None:
        with suppress(*redis.AWAY):
            super().set(key, value, timeout, version)

    def delete(self, key: Any, version: int | None = None) -> bool:
        try:
            return super().delete(key, version)
        except redis.AWAY:
            return False

    def has_key(self, key: Any, version: int | None = None) -> bool:
        try:
            return super().has_key(key, version)
        except redis.AWAY:
            return False
