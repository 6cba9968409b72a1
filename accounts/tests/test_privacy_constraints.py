"""Each rule of the tables of exports and erasures, broken on purpose."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Erasure, Export
from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def _export(**fields: object) -> Export:
    given = {"sections": 3, "requested_at": NOW, **fields}
    return Export.objects.create(**{"user": UserFactory.create(), **given})


def _two_exports() -> None:
    user = UserFactory.create()
    _export(user=user, state="running")
    _export(user=user)


def _erasure(**fields: object) -> Erasure:
    given = {"language": "en", "steps": 5, "requested_at": NOW, **fields}
    return Erasure.objects.create(**{"user": UserFactory.create(), **given})


def _two_erasures() -> None:
    user = UserFactory.create()
    _erasure(user=user)
    _erasure(user=user)


BREAKS: list[tuple[str, Callable[[], object]]] = [
    ("export_state_known", lambda: _export(state="lost")),
    ("export_one_at_a_time", _two_exports),
    ("export_ready_with_its_file", lambda: _export(state="ready", expires_at=NOW)),
    ("export_ready_with_its_file", lambda: _export(state="ready", file="exports/x.zip")),
    ("export_done_at_most_all", lambda: _export(done=4)),
    ("erasure_once_per_user", _two_erasures),
    ("erasure_finished_without_a_user", lambda: _erasure(finished_at=NOW, done=5)),
    ("erasure_finished_without_a_user", lambda: _erasure(finished_at=NOW, done=4, user=None)),
]


@pytest.mark.parametrize(("name", "broken"), BREAKS)
def test_the_database_refuses(name: str, broken: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        broken()


def test_every_constraint_is_broken_here() -> None:
    ours = {constraint.name for model in (Export, Erasure) for constraint in model._meta.constraints}

    assert ours == {name for name, _broken in BREAKS}
