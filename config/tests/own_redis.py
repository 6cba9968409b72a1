"""A Valkey of a test's own: it may be killed and started again, and no other site of the session works on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from config.embedded.child import Child
from config.embedded.paths import Layout
from config.embedded.valkey import Valkey
from config.lib import redis
from config.tests.live_server import eventually


class OwnRedis:
    """Keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        layout = Layout(folder)
        layout.create()
        self.url = layout.redis_url
        self._server = Valkey(layout)
        self._child = Child(self._server.prepare())

    def start(self) -> None:
        """Returns when it answers."""
        self._child.spawn(keep_open=())
        eventually(self._server.ready, what="Valkey")

    def kill(self) -> None:
        """kill -9."""
        self._child.kill_group()


@pytest.fixture
def own_redis(tmp_path: Path, settings: LazySettings, _empty_redis: None) -> Iterator[OwnRedis]:
    """What the settings name for the length of the test, and so what a site is given that the test starts."""
    server = OwnRedis(tmp_path / "valkey")
    server.start()
    settings.REDIS_URL = server.url
    redis.sync_client.cache_clear()
    yield server
    redis.sync_client().close()
    redis.sync_client.cache_clear()
    server.kill()
