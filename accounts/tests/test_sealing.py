"""The audit is sealed into a hash chain, and whatever is done to it afterwards is found."""

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.actors import platform
from accounts.audit import record
from accounts.audit_chain import START, Break, breaks, hash_of, head, seals, waiting
from accounts.models import AuditEntry, AuditPerson, AuditSeal, User
from accounts.services import sealing
from accounts.services.sealing import seal_audit
from accounts.tests.factories import UserFactory
from accounts.tests.racing import racers
from config.tests.fixtures import acting


def write(user: User, now: datetime, count: int = 1) -> list[AuditEntry]:
    return [
        record(actor=acting(user), action="user.edit_profile", subject=user, now=now, fields=["name"], turn=turn)
        for turn in range(count)
    ]


@contextmanager
def without_guards() -> Iterator[Any]:
    """As somebody who rules the database would."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing may wait while a trigger is switched off
        for table in ("accounts_auditentry", "accounts_auditseal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only")
        yield cursor


def found() -> list[Break]:
    return list(breaks(seals()))


def test_every_entry_gets_its_place_once(fan: User, now: datetime) -> None:
    write(fan, now, 5)

    first, again = seal_audit(now=now, batch=2), seal_audit(now=now)

    assert (first.entries, again.entries, again.head) == (5, 0, first.head)
    assert list(AuditSeal.objects.order_by("pk").values_list("position", flat=True)) == [1, 2, 3, 4, 5]
    assert first.head == str(head())
    assert found() == []
    write(fan, now, 2)
    assert seal_audit(now=now).entries == 2
    assert found() == []


def test_an_empty_audit_has_no_head(db: None, now: datetime) -> None:
    assert (seal_audit(now=now).entries, seal_audit(now=now).head, found()) == (0, "", [])


def test_the_seal_is_what_it_is_said_to_be(fan: User, now: datetime) -> None:
    (entry,) = write(fan, now)
    seal_audit(now=now)
    entry.refresh_from_db()

    newest = head()

    assert newest
    assert bytes(newest.hash) == hash_of(entry, START)
    assert bytes(newest.hash) != hash_of(entry, bytes(newest.hash))


@pytest.mark.parametrize(
    "change",
    [
        "action = 'user.grant'",
        "at = at + interval '1 microsecond'",
        "subject_id = 'somebodyelse'",
        "subject_type = 'events.event'",
        "channel = 'sms'",
        "facts = facts || '{\"turn\": 9}'",
        "request_id = 'another'",
        "public_id = 'another'",
    ],
)
def test_a_changed_entry_is_found_where_it_is(fan: User, now: datetime, change: str) -> None:
    write(fan, now, 4)
    seal_audit(now=now)
    second = AuditSeal.objects.get(position=2).entry_id

    with without_guards() as cursor:
        cursor.execute(f"UPDATE accounts_auditentry SET {change} WHERE id = %s", [second])

    assert [found_.position for found_ in found()] == [2]


def test_an_entry_taken_out_is_found(fan: User, now: datetime) -> None:
    write(fan, now, 4)
    seal_audit(now=now)

    with without_guards() as cursor:
        cursor.execute("DELETE FROM accounts_auditseal WHERE position = 3")

    assert next(each.why for each in found()) == "seals 3 to 3 are missing"


def test_a_chain_made_anew_has_another_head(fan: User, now: datetime) -> None:
    """Whoever may write anything can also make the chain fit again; the head that was kept elsewhere tells."""
    write(fan, now, 3)
    kept = seal_audit(now=now).head
    with without_guards() as cursor:
        cursor.execute("UPDATE accounts_auditentry SET action = 'user.grant'")
        cursor.execute("DELETE FROM accounts_auditseal")
    seal_audit(now=now, thorough=True)

    assert found() == []
    with pytest.raises(CommandError, match="1 findings"):
        call_command("verify_audit", "--head", kept, stdout=StringIO(), stderr=StringIO())


@pytest.mark.parametrize("statement", ["UPDATE {} SET {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
@pytest.mark.parametrize(
    ("table", "change"), [("accounts_auditentry", "action = 'x'"), ("accounts_auditseal", "position = position + 1")]
)
def test_the_database_lets_nobody_change_them(
    fan: User, now: datetime, table: str, change: str, statement: str
) -> None:
    write(fan, now)
    seal_audit(now=now)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            cursor.execute(statement.format(table, change))


def test_erasing_a_person_breaks_nothing(fan: User, now: datetime) -> None:
    write(fan, now, 3)
    seal_audit(now=now)

    AuditPerson.objects.filter(user=fan).delete()

    assert found() == []


def test_an_entry_far_below_the_newest_is_found_at_night(
    fan: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its id was given early, and its transaction ended late."""
    (newest,) = write(fan, now)
    seal_audit(now=now)
    AuditEntry.objects.create(
        pk=newest.pk - 1_000, at=now, action="a.b", subject_type="x", subject_id="x", channel="job"
    )
    monkeypatch.setattr(sealing, "LOOK_BACK", 500)

    assert seal_audit(now=now).entries == 0
    assert seal_audit(now=now, thorough=True).entries == 1
    assert found() == []


def test_what_waits_too_long_is_said(fan: User, now: datetime) -> None:
    write(fan, now - timedelta(hours=1), 2)
    write(fan, now)

    assert (waiting(now).entries, waiting(now).overdue) == (3, 2)
    with pytest.raises(CommandError):
        call_command("verify_audit", stdout=StringIO(), stderr=StringIO())


def test_the_command_says_that_all_is_whole(fan: User, now: datetime) -> None:
    write(fan, now, 3)
    sealed = seal_audit(now=now)
    said = StringIO()

    call_command("verify_audit", "--head", sealed.head, stdout=said)

    assert "3 entries are sealed" in said.getvalue()
    assert sealed.head in said.getvalue()


@pytest.mark.django_db(transaction=True)
def test_many_sealers_and_writers_at_once_make_one_chain(now: datetime) -> None:
    people = UserFactory.create_batch(4)
    runs: list[Future[Any]]

    with racers() as racing:
        runs = [racing.start(write, person, now, 20) for person in people]
        runs += [racing.start(seal_audit, now=now, batch=7) for _person in people]
    assert [run.exception() for run in runs] == [None] * 8
    seal_audit(now=now)

    assert AuditSeal.objects.count() == AuditEntry.objects.count() == 80
    assert found() == []


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcé", max_size=5), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.django_db
@given(facts=st.dictionaries(st.text("abcdé", min_size=1, max_size=6), JSON, max_size=4))
def test_whatever_facts_an_entry_has_its_seal_fits(facts: dict[str, Any]) -> None:
    now = datetime.fromisoformat("2026-11-20T20:00:00+00:00")
    AuditEntry.objects.create(
        at=now, action="a.b", subject_type="accounts.user", subject_id="x", channel=platform().via, facts=facts
    )

    seal_audit(now=now)

    assert found() == []
