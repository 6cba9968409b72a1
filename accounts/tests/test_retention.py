"""What has served its time goes at night, and nothing else."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from accounts import tasks
from accounts.audit import record
from accounts.models import AuditPerson, Ended, IdempotencyKey, RefreshFamily, User
from accounts.services import retention
from config.celery import app
from config.tests.fixtures import acting


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


def gone(now: datetime, piece: int = 2_000) -> dict[str, int]:
    return {outcome.rule.key: outcome.rows for outcome in retention.let_go(now=now, piece=piece)}


def test_keys_go_after_24_hours(now: datetime, db: None) -> None:
    _key("old", now - timedelta(hours=24))
    _key("young", now - timedelta(hours=23, minutes=59))

    assert gone(now)["idempotency_keys"] == 1

    assert IdempotencyKey.objects.get().key == "young"


def test_clients_go_long_after_their_end(fan: User, now: datetime) -> None:
    long_ago = now - timedelta(days=91)
    _client(fan, expires_at=long_ago)
    _client(fan, expires_at=now + timedelta(days=1), revoked_at=long_ago)
    kept = {
        _client(fan, expires_at=now + timedelta(days=1)).pk,
        _client(fan, expires_at=now - timedelta(days=1)).pk,
        _client(fan, expires_at=now + timedelta(days=1), revoked_at=now - timedelta(days=1)).pk,
    }

    assert gone(now)["clients"] == 2

    assert set(RefreshFamily.objects.values_list("pk", flat=True)) == kept


def test_from_where_is_forgotten_and_by_whom_is_not(fan: User, now: datetime) -> None:
    for days in (366, 364):
        record(actor=acting(fan), action="user.log_in", subject=fan, now=now - timedelta(days=days))

    assert gone(now)["audit_whereabouts"] == 1

    people = AuditPerson.objects.order_by("entry__at")
    assert list(people.values_list("user", "address")) == [(fan.pk, None), (fan.pk, "127.0.0.1")]


@pytest.mark.parametrize("rows", [0, 2, 3, 7])
def test_pieces_reach_everything(rows: int, now: datetime, db: None) -> None:
    for number in range(rows):
        _key(str(number), now - timedelta(days=2))

    assert gone(now, piece=3)["idempotency_keys"] == rows

    assert not IdempotencyKey.objects.exists()


def test_the_command_says_what_would_go_and_changes_nothing(now: datetime, db: None) -> None:
    _key("old", now - timedelta(days=2))
    said = StringIO()

    call_command("retention", dry_run=True, stdout=said)

    assert "         1  idempotency_keys         1 days" in said.getvalue()
    assert IdempotencyKey.objects.exists()
    call_command("retention", stdout=said)
    assert not IdempotencyKey.objects.exists()


def test_the_task_runs_under_its_name_and_takes_arguments_of_a_newer_release(now: datetime, db: None) -> None:
    _key("old", now - timedelta(days=2))

    app.tasks["accounts.let_go"](something_new=1)

    assert not IdempotencyKey.objects.exists()
    assert tasks.let_go.name == "accounts.let_go"
