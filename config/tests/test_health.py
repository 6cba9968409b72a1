"""`/health`: ready or not, and why, without internals."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.test import AsyncClient
from pytest_django import Settings

from config import health
from config.lib import health as registry
from config.tasks import heartbeat
from messaging.models import Address, Channel, Message

pytestmark = pytest.mark.django_db(transaction=True)


async def asked(client: AsyncClient) -> tuple[int, dict[str, Any]]:
    answer = await client.get("/health")
    return answer.status_code, answer.json()


async def test_everything_well(async_client: AsyncClient) -> None:
    health.beat(now=datetime.now(UTC) - timedelta(seconds=20))

    status, body = await asked(async_client)

    assert (status, body["status"]) == (200, "ok")
    assert {name: check["state"] for name, check in body["checks"].items()} == dict.fromkeys(body["checks"], "ok")
    assert {"database", "migrations", "redis", "jobs"} <= set(body["checks"])
    assert 20 <= body["checks"]["jobs"]["age_seconds"] <= 25


@pytest.mark.parametrize(("age", "state"), [(None, "never ran"), (61, "stale")])
async def test_without_jobs_it_is_degraded_but_ready(async_client: AsyncClient, age: int | None, state: str) -> None:
    if age is not None:
        health.beat(now=datetime.now(UTC) - timedelta(seconds=age))

    status, body = await asked(async_client)

    assert (status, body["status"], body["checks"]["jobs"]["state"]) == (200, "degraded", state)


async def test_without_the_database_it_is_not_ready(
    async_client: AsyncClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("HOST", "127.0.0.1"), ("PORT", "1")):
        monkeypatch.setitem(settings.DATABASES["default"], name, value)

    status, body = await asked(async_client)

    assert (status, body["status"]) == (503, "unavailable")
    assert body["checks"]["database"] == {"state": "down"}
    assert "127.0.0.1" not in str(body)


async def test_without_redis_it_is_not_ready(async_client: AsyncClient, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    status, body = await asked(async_client)

    assert (status, body["checks"]["redis"]) == (503, {"state": "down"})


async def test_an_outbox_that_nobody_empties_is_reported(async_client: AsyncClient) -> None:
    now = datetime.now(UTC)
    address = await Address.objects.acreate(channel=Channel.EMAIL, value="fay@example.test")
    message = Message(purpose_key="old", kind="account", purpose="account", channel=Channel.EMAIL, address=address)
    message.created_at, message.not_before = now, now - timedelta(seconds=120)
    await message.asave()
    late = (await asked(async_client))[1]["checks"]["outbox"]
    await Message.objects.aupdate(not_before=now - timedelta(seconds=400))

    status, body = await asked(async_client)

    assert (late["state"], 120 <= late["oldest_due_seconds"] <= 125) == ("ok", True)
    assert (status, body["checks"]["outbox"]) == (200, {"state": "stuck"})


async def test_a_migration_that_is_not_applied(async_client: AsyncClient) -> None:
    applied = MigrationRecorder.Migration.objects.filter(app="voting")
    kept = [row async for row in applied.order_by("-id")[:1]]
    await applied.filter(pk=kept[0].pk).adelete()

    status, body = await asked(async_client)
    await kept[0].asave(force_insert=True)

    assert (status, body["checks"]["migrations"]) == (503, {"state": "not applied"})


async def test_a_dependency_that_does_not_answer_is_late(
    async_client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never() -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    monkeypatch.setattr(registry, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(registry, "_probes", {"slow": (never, False)})

    assert await asked(async_client) == (200, {"status": "degraded", "checks": {"slow": {"state": "late"}}})


async def test_the_heartbeat_task_beats(async_client: AsyncClient) -> None:
    heartbeat.run()

    _status, body = await asked(async_client)

    assert body["checks"]["jobs"]["age_seconds"] <= 1
