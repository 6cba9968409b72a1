"""The sweep deletes what has served its time, and nothing else."""

from datetime import datetime, timedelta

import pytest

from accounts.models import Ended, IdempotencyKey, RefreshFamily, User
from accounts.services.sweeping import DEAD_FOR, sweep_expired
from accounts.tasks import sweep_expired_rows
from config.celery import app


def _key(name: str, created_at: datetime) -> None:
    IdempotencyKey.objects.create(principal="anonymous", key=name, fingerprint="f", created_at=created_at)


def _client(user: User, *, expires_at: datetime, revoked_at: datetime | None = None) -> RefreshFamily:
    return RefreshFamily.objects.create(
        user=user,
        created_at=expires_at - timedelta(days=30),
        last_used_at=expires_at,
        expires_at=expires_at,
        revoked_at=revoked_at,
        revoked_because=Ended.SIGNED_OUT if revoked_at else "",
    )


def test_keys_go_after_24_hours(now: datetime, db: None) -> None:
    _key("old", now - timedelta(hours=24))
    _key("young", now - timedelta(hours=23, minutes=59))
    assert sweep_expired(now=now).idempotency_keys == 1
    assert IdempotencyKey.objects.get().key == "young"


def test_clients_go_long_after_their_end(fan: User, now: datetime) -> None:
    long_ago = now - DEAD_FOR - timedelta(days=1)
    _client(fan, expires_at=long_ago)
    _client(fan, expires_at=now + timedelta(days=1), revoked_at=long_ago)
    kept = {
        _client(fan, expires_at=now + timedelta(days=1)).pk,
        _client(fan, expires_at=now - timedelta(days=1)).pk,
        _client(fan, expires_at=now + timedelta(days=1), revoked_at=now - timedelta(days=1)).pk,
    }
    assert sweep_expired(now=now).clients == 2
    assert set(RefreshFamily.objects.values_list("pk", flat=True)) == kept


@pytest.mark.parametrize("rows", [0, 2, 3, 7])
def test_batches_reach_everything(rows: int, now: datetime, db: None) -> None:
    for number in range(rows):
        _key(str(number), now - timedelta(days=2))
    assert sweep_expired(now=now, batch=3).idempotency_keys == rows
    assert not IdempotencyKey.objects.exists()


def test_task_sweeps_under_its_name_and_takes_arguments_of_a_newer_release(now: datetime, db: None) -> None:
    _key("old", now - timedelta(days=2))
    app.tasks["accounts.sweep_expired"](something_new=1)
    assert not IdempotencyKey.objects.exists()
    assert sweep_expired_rows.name == "accounts.sweep_expired"
