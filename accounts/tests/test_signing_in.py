"""Log-in of mobile clients."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import transaction

from accounts.models import AuditEntry, RefreshFamily, User
from accounts.passwords import matches
from accounts.services import proving
from accounts.services.passwords import set_password
from accounts.services.signing_in import log_in
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tests.racing import racers, until_blocked_or_done
from config.lib.errors import InvalidCredentials, Refusal
from config.tests.fixtures import acting

NOBODY = acting(None)


def test_log_in_opens_a_client_and_is_audited(fan: User, now: datetime) -> None:
    signed = log_in(actor=NOBODY, email=fan.email, password=PASSWORD, now=now)
    family = RefreshFamily.objects.get()
    assert (signed.user, family.user, family.address) == (fan, fan, "127.0.0.1")
    fan.refresh_from_db()
    assert fan.last_login == now
    entry = AuditEntry.objects.get(action="user.log_in")
    assert (entry.subject_id, entry.person.user, entry.channel) == (fan.public_id, fan, "api")


def test_e_mail_is_read_in_any_case_and_spacing(fan: User, now: datetime) -> None:
    assert log_in(actor=NOBODY, email=f" {fan.email.upper()} ", password=PASSWORD, now=now).user == fan


def _wrong_password(user: User) -> tuple[str, str]:
    return user.email, "not the password"


def _unknown_e_mail(user: User) -> tuple[str, str]:
    return "nobody@example.test", PASSWORD


def _inactive(user: User) -> tuple[str, str]:
    User.objects.filter(pk=user.pk).update(is_active=False)
    return user.email, PASSWORD


def _no_password_at_all(user: User) -> tuple[str, str]:
    user.set_unusable_password()
    user.save(update_fields=["password"])
    return user.email, PASSWORD


REFUSED = [_wrong_password, _unknown_e_mail, _inactive, _no_password_at_all]


@pytest.fixture
def hashings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every run of the hasher, by what it was asked."""
    runs: list[str] = []
    for name in ("encode", "verify"):
        real: Callable[..., object] = getattr(Argon2PasswordHasher, name)

        def counted(*args: object, _name: str = name, _real: Callable[..., object] = real, **kwargs: object) -> object:
            runs.append(_name)
            return _real(*args, **kwargs)

        monkeypatch.setattr(Argon2PasswordHasher, name, counted)
    return runs


@pytest.mark.parametrize("case", REFUSED)
def test_every_refusal_reads_the_same_after_the_same_work(
    case: Callable[[User], tuple[str, str]], fan: User, now: datetime, hashings: list[str]
) -> None:
    email, password = case(fan)
    hashings.clear()
    with pytest.raises(InvalidCredentials) as refused:
        log_in(actor=NOBODY, email=email, password=password, now=now)
    assert (str(refused.value), refused.value.status) == ("This e-mail and password do not match.", 401)
    assert len(hashings) == 1
    assert not RefreshFamily.objects.exists()
    assert not AuditEntry.objects.exists()


def test_control_a_check_that_stops_at_an_unknown_e_mail_is_noticed(
    now: datetime, hashings: list[str], monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    monkeypatch.setattr(proving, "matches", lambda user, password: user is not None and matches(user, password))
    with pytest.raises(InvalidCredentials):
        log_in(actor=NOBODY, email="nobody@example.test", password=PASSWORD, now=now)
    assert hashings == []


def _outcome(email: str, now: datetime) -> str:
    try:
        log_in(actor=NOBODY, email=email, password=PASSWORD, now=now)
    except Refusal as refusal:
        return refusal.code
    return "signed in"


@pytest.mark.django_db(transaction=True)
def test_log_in_with_the_old_password_during_its_change_is_refused(now: datetime) -> None:
    user = UserFactory.create()
    with racers() as pool:
        with transaction.atomic():
            set_password(actor=acting(user), user=user, password="another long sentence", now=now)
            late = pool.start(_outcome, user.email, now)
            until_blocked_or_done(late)
        assert late.result() == "INVALID_CREDENTIALS"
    assert not RefreshFamily.objects.exists()
