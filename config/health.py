"""`/health/live` says that the process runs; `/health` says whether it can work, and what is missing."""

from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from typing import Any, Final

import psycopg
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from config.lib import redis
from config.lib.health import NotWell, findings, register
from config.lib.raw_connection import connection_parameters

HEARTBEAT_KEY: Final = "health:heartbeat"
STALE_AFTER_SECONDS: Final = 60


async def _fetched(sql: str) -> list[Any]:
    """Rows, on a connection of the probe's own: a busy pool is not a lost database."""
    async with await psycopg.AsyncConnection.connect(**connection_parameters()) as connection:
        return await (await connection.execute(sql)).fetchall()


async def database() -> dict[str, Any]:
    await _fetched("SELECT 1")
    return {}


@cache
def _last_migrations() -> frozenset[tuple[str, str]]:
    """The newest migration of each app as it is on disk, which does not change while the process runs."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


async def migrations() -> dict[str, Any]:
    missing = _last_migrations() - set(await _fetched("SELECT app, name FROM django_migrations"))
    if missing:
        raise NotWell("not applied")
    return {}


async def redis_server() -> dict[str, Any]:
    client = redis.async_client()
    try:
        await client.ping()
    finally:
        await client.aclose()
    return {}


def beat(*, now: datetime) -> None:
    """Note that the clock, the broker and a worker are all alive: called by the task that the clock queues."""
    redis.sync_client().set(HEARTBEAT_KEY, int(now.timestamp()))


async def jobs() -> dict[str, Any]:
    client = redis.async_client()
    try:
        last = await client.get(HEARTBEAT_KEY)
    finally:
        await client.aclose()
    if last is None:
        raise NotWell("never ran")
    age = int(datetime.now(UTC).timestamp()) - int(last)
    if age > STALE_AFTER_SECONDS:
        raise NotWell("stale")
    return {"age_seconds": age}


register("database", database, required=True)
register("migrations", migrations, required=True)
register("redis", redis_server, required=True)
register("jobs", jobs, required=False)


@require_safe
def live(_request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers at all."""
    return JsonResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


@require_safe
async def ready(_request: HttpRequest) -> JsonResponse:
    """200 with every dependency's state, 503 when a required one is missing; "degraded" when only another one is."""
    found = await findings()
    unready = any(finding.required and finding.state != "ok" for finding in found)
    degraded = any(finding.state != "ok" for finding in found)
    body = {
        "status": "unavailable" if unready else "degraded" if degraded else "ok",
        "checks": {finding.name: {"state": finding.state, **finding.facts} for finding in found},
    }
    status = HTTPStatus.SERVICE_UNAVAILABLE if unready else HTTPStatus.OK
    return JsonResponse(body, status=status, headers={"Cache-Control": "no-store"})
