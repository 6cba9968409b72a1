"""Two at the same moment with one code: one of them gets in."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from accounts.models import User
from accounts.second_factors import second_factors_of, unused_recovery_codes
from accounts.services import second_step
from accounts.services.second_factor import InvalidCode, LastSecondFactor, remove_app, remove_passkey
from accounts.services.second_step import use_code
from accounts.tests.racing import racers, until_blocked_or_done
from accounts.tests.second_factors import code_now, with_app, with_passkey
from config.tests.fixtures import acting

pytestmark = pytest.mark.django_db(transaction=True)


def race(user: User, code: str, *, now: datetime) -> list[bool]:
    """Whether the first and the second got in: the first has used the code and not committed when the second comes."""

    def comes() -> bool:
        try:
            use_code(actor=acting(None), user=user, code=code, now=now)
        except InvalidCode:
            return False
        return True

    with racers() as pool:
        with transaction.atomic():
            first = comes()
            second = pool.start(comes)
            until_blocked_or_done(second)
        return [first, second.result()]


@pytest.mark.parametrize("kind", ["totp", "recovery_codes"])
def test_a_code_is_good_once_between_two_that_come_together(fan: User, kind: str) -> None:
    now = datetime.now(UTC)
    with_app(fan, now=now - timedelta(days=1))
    code = code_now(now) if kind == "totp" else unused_recovery_codes(fan)[0]
    assert race(fan, code, now=now) == [True, False]
    assert second_factors_of(fan).codes_left == (10 if kind == "totp" else 9)


def test_without_the_guard_both_would_get_in(fan: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a look at the row, as it was read, instead of the conditional write."""
    now = datetime.now(UTC)
    with_app(fan, now=now - timedelta(days=1))
    monkeypatch.setattr(
        second_step, "_spend_step", lambda row, code, *, now: row.data["last_step"] < int(now.timestamp()) // 30
    )
    assert race(fan, code_now(now), now=now) == [True, True]


def test_two_factors_removed_together_leave_the_one_that_the_role_needs(organizer: User, settings: Settings) -> None:
    settings.MFA_REQUIRED_ROLES = frozenset({"organizer"})
    now = datetime.now(UTC)
    with_app(organizer, now=now)
    key = with_passkey(organizer, now=now)
    with racers() as pool:
        with transaction.atomic():
            remove_app(actor=acting(organizer), now=now)
            second = pool.start(remove_passkey, actor=acting(organizer), key=key, now=now)
            until_blocked_or_done(second)
        with pytest.raises(LastSecondFactor):
            second.result()
    assert len(second_factors_of(organizer).passkeys) == 1
    assert connection.in_atomic_block is False
