"""Each rule of the tables, broken on purpose."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.audit import record
from accounts.models import AuditEntry, AuditPerson, Ended, IdempotencyKey, RefreshFamily, User
from config.tests.fixtures import acting

pytestmark = pytest.mark.django_db

NOW = datetime.fromisoformat("2026-11-20T20:00:00+00:00")


def _user(**fields: object) -> None:
    User.objects.create(**{"email": "a@example.test", "password": "!", **fields})


def _two_users(first: dict[str, object], second: dict[str, object]) -> None:
    User.objects.create(email="a@example.test", password="!", **first)
    User.objects.create(**{"email": "b@example.test", "password": "!", **second})


def _family(**fields: object) -> None:
    user = User.objects.create(email="a@example.test", password="!")
    times = {"created_at": NOW, "last_used_at": NOW, "expires_at": NOW + timedelta(days=1)}
    RefreshFamily.objects.create(**{"user": user, **times, **fields})


def _two_keys() -> None:
    for _ in range(2):
        IdempotencyKey.objects.create(principal="user:1", key="k", fingerprint="f", created_at=NOW)


PHONE = {"phone": "+12025550123", "phone_verified_at": NOW}
BROKEN: list[tuple[str, Callable[[], None]]] = [
    ("user_role_known", lambda: _user(role="wizard")),
    ("user_language_known", lambda: _user(language="de")),
    ("user_email_lower_case", lambda: _user(email="A@example.test")),
    ("user_email_once", lambda: _two_users({}, {"email": "a@example.test"})),
    ("user_phone_e164", lambda: _user(phone="202-555-0123")),
    ("user_phone_e164", lambda: _user(phone="+02025550123")),
    ("user_verified_phone_present", lambda: _user(phone_verified_at=NOW)),
    ("user_verified_phone_is_one_persons", lambda: _two_users(PHONE, PHONE)),
    ("refresh_family_revoked_with_reason", lambda: _family(revoked_at=NOW)),
    ("refresh_family_revoked_with_reason", lambda: _family(revoked_because=Ended.REUSED)),
    ("refresh_family_revoked_with_reason", lambda: _family(revoked_at=NOW, revoked_because="whim")),
    ("refresh_family_expires_after_start", lambda: _family(expires_at=NOW)),
    ("idempotency_key_once_per_principal", _two_keys),
]


@pytest.mark.parametrize(("name", "broken"), BROKEN)
def test_database_refuses(name: str, broken: Callable[[], None]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        broken()


def test_every_constraint_is_broken_here() -> None:
    ours = {
        constraint.name for model in (User, RefreshFamily, IdempotencyKey) for constraint in model._meta.constraints
    }
    assert ours == {name for name, _broken in BROKEN}


def test_what_the_rules_allow_is_allowed() -> None:
    _two_users(PHONE, {"phone": PHONE["phone"]})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_auditentry SET action = 'event.delete'",
        "UPDATE accounts_auditentry SET facts = '{}' WHERE id = (SELECT max(id) FROM accounts_auditentry)",
        "DELETE FROM accounts_auditentry",
    ],
)
def test_audit_can_only_be_added_to(statement: str, fan: User) -> None:
    record(actor=acting(fan), action="event.publish", subject=fan, now=NOW)
    refused = pytest.raises(IntegrityError, match="accounts_auditentry is append-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.get().action == "event.publish"


def test_personal_side_of_an_entry_can_be_deleted_without_it(fan: User) -> None:
    record(actor=acting(fan), action="event.publish", subject=fan, now=NOW)
    AuditPerson.objects.all().delete()
    assert AuditEntry.objects.count() == 1


def test_deleting_a_user_leaves_the_entry_without_a_name(fan: User, organizer: User) -> None:
    record(actor=acting(fan), action="event.publish", subject=organizer, now=NOW)
    fan.delete()
    assert AuditEntry.objects.get().person.user is None
