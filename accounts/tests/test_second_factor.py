"""Adding, removing and using second factors: the services."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from accounts.actors import Here
from accounts.models import AuditEntry, RefreshFamily, User
from accounts.policies import EmailUnverified
from accounts.second_factors import code_at, second_factors_of, step_of, unused_recovery_codes
from accounts.services import second_factor
from accounts.services.clients import open_client
from accounts.services.roles import NotYourself
from accounts.services.second_factor import (
    AppAlreadyOn,
    InvalidCode,
    LastSecondFactor,
    NoSecondFactor,
    add_app,
    add_passkey,
    remove_app,
    remove_passkey,
    remove_second_factors,
    rename_passkey,
    renew_recovery_codes,
)
from accounts.services.second_step import use_code
from accounts.tests.factories import confirm_email
from accounts.tests.second_factors import CREDENTIAL, SECRET, code_now, with_app, with_passkey
from accounts.tokens import family_of_access
from config.lib.errors import Forbidden, InvalidToken, NotFound, RateLimitExceeded
from config.tests.fixtures import acting

pytestmark = pytest.mark.django_db
PASSKEY_ID = CREDENTIAL["id"]


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


# --- The code itself ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (2_000_000_000, "279037")],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """RFC 6238, appendix B: the last six of its eight digits, for SHA-1."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert step_of(secret, code, now=datetime.fromtimestamp(seconds, UTC)) == seconds // 30


@pytest.mark.parametrize(("off", "good"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_half_a_minute_off(now: datetime, off: int, good: bool) -> None:
    code = code_now(now + timedelta(seconds=off))
    assert (step_of(SECRET, code, now=now) is not None) == good


# --- Adding ---------------------------------------------------------------------------------------------------------------


def test_an_app_is_added_with_recovery_codes_and_a_mail(
    fan: User, now: datetime, mailoutbox: list[EmailMessage]
) -> None:
    confirm_email(fan)
    assert add_app(actor=acting(fan), secret=SECRET, code=code_now(now), now=now)
    fan.refresh_from_db()
    assert fan.second_factor_at == now
    factors = second_factors_of(fan)
    assert (factors.app_added, factors.codes_left, factors.codes_made, factors.are_on) == (now, 10, 10, True)
    assert actions() == ["user.add_factor", "user.add_factor"]
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [([fan.email], "Two-step sign-in is on")]


def test_the_first_factor_ends_what_signed_in_without_one(fan: User, now: datetime) -> None:
    confirm_email(fan)
    elsewhere, mine = (open_client(actor=acting(fan), user=fan, now=now) for _client in range(2))
    here = Here(RefreshFamily.objects.latest("pk").public_id)
    browser = Client()
    browser.force_login(fan)
    add_app(actor=acting(fan), secret=SECRET, code=code_now(now), here=here, now=now)
    assert browser.get("/me/").status_code == 302
    with pytest.raises(InvalidToken):
        family_of_access(elsewhere.tokens.access, now=now)
    assert family_of_access(mine.tokens.access, now=now).user == fan
    facts = AuditEntry.objects.filter(action="user.add_factor").earliest("pk").facts
    assert facts == {"kind": "totp", "sessions": 1, "clients": 1}
    browser.force_login(fan)
    add_passkey(actor=acting(fan), name="Phone", credential=CREDENTIAL, now=now)
    assert browser.get("/me/").status_code == 200, "a second factor more ends nothing"


def test_secrets_outlive_the_key_they_were_sealed_with(fan: User, now: datetime, settings: Settings) -> None:
    old, new = "an old key that is long enough for it", "a new key that is long enough for that"
    settings.FANFARE_KEYS = [old]
    with_app(fan, now=now - timedelta(days=1))
    codes = unused_recovery_codes(fan)
    settings.FANFARE_KEYS = [new, old]
    call_command("reseal_secrets")
    settings.FANFARE_KEYS = [new]
    assert unused_recovery_codes(fan) == codes
    assert use_code(actor=acting(None), user=fan, code=code_now(now), now=now).type == "totp"


def test_a_secret_that_no_key_opens_is_left_as_it_is(fan: User, now: datetime, settings: Settings) -> None:
    with_app(fan, now=now)
    stored = list(Authenticator.objects.values_list("data", flat=True))
    settings.FANFARE_KEYS = ["another key altogether, of forty letters"]
    with pytest.raises(CommandError, match="2 secrets cannot be opened"):
        call_command("reseal_secrets")
    assert list(Authenticator.objects.values_list("data", flat=True)) == stored


def test_secrets_lie_sealed(fan: User, now: datetime) -> None:
    with_app(fan, now=now)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in stored
    assert not [code for code in unused_recovery_codes(fan) if code in stored]
    assert "gAAAA" in stored


def test_the_code_that_adds_an_app_signs_nobody_in(fan: User, now: datetime) -> None:
    with_app(fan, now=now)
    with pytest.raises(InvalidCode):
        use_code(actor=acting(fan), user=fan, code=code_now(now), now=now)


def test_a_wrong_code_adds_nothing(fan: User, now: datetime) -> None:
    confirm_email(fan)
    with pytest.raises(InvalidCode):
        add_app(actor=acting(fan), secret=SECRET, code="000000", now=now)
    assert not Authenticator.objects.exists()


def test_there_is_one_app(fan: User, now: datetime) -> None:
    with_app(fan, now=now)
    with pytest.raises(AppAlreadyOn):
        add_app(actor=acting(fan), secret=SECRET, code=code_now(now), now=now)


def test_an_unconfirmed_address_gets_no_factor(fan: User, now: datetime) -> None:
    with pytest.raises(EmailUnverified):
        add_app(actor=acting(fan), secret=SECRET, code=code_now(now), now=now)
    with pytest.raises(EmailUnverified):
        add_passkey(actor=acting(fan), name="Phone", credential=CREDENTIAL, now=now)


def test_a_passkey_is_added_and_renamed(fan: User, now: datetime, mailoutbox: list[EmailMessage]) -> None:
    confirm_email(fan)
    assert add_passkey(actor=acting(fan), name="Phone", credential=CREDENTIAL, now=now)
    (passkey,) = second_factors_of(fan).passkeys
    assert passkey.name == "Phone"
    assert PASSKEY_ID not in passkey.key
    rename_passkey(actor=acting(fan), key=passkey.key, name="x" * 200, now=now)
    assert second_factors_of(fan).passkeys[0].name == "x" * second_factor.NAME_LENGTH
    assert actions()[-1] == "user.rename_passkey"
    assert [mail.subject for mail in mailoutbox] == ["A passkey was added"]


# --- Removing -------------------------------------------------------------------------------------------------------------


def test_recovery_codes_go_with_the_last_factor(fan: User, now: datetime, mailoutbox: list[EmailMessage]) -> None:
    with_app(fan, now=now)
    key = with_passkey(fan, now=now)
    remove_app(actor=acting(fan), now=now)
    assert User.objects.get(pk=fan.pk).second_factor_at == now
    assert second_factors_of(fan).codes_left == 10
    remove_passkey(actor=acting(fan), key=key, now=now)
    fan.refresh_from_db()
    assert fan.second_factor_at is None
    assert not Authenticator.objects.exists()
    assert [mail.subject for mail in mailoutbox][-2:] == ["Your code app was removed", "A passkey was removed"]
    assert actions()[-2:] == ["user.remove_factor", "user.remove_factor"]


@pytest.mark.parametrize("change", [remove_passkey, rename_passkey])
def test_anothers_passkey_is_not_there(fan: User, artist: User, now: datetime, change: Any) -> None:
    key = with_passkey(fan, now=now)
    named = {"name": "Mine now"} if change is rename_passkey else {}
    with pytest.raises(NotFound):
        change(actor=acting(artist), key=key, now=now, **named)
    assert second_factors_of(fan).passkeys[0].name == "Phone"


def test_what_is_not_there_is_not_removed(fan: User, now: datetime) -> None:
    with pytest.raises(NotFound):
        remove_app(actor=acting(fan), now=now)


def test_a_role_that_needs_one_keeps_the_last(organizer: User, now: datetime, settings: Settings) -> None:
    settings.MFA_REQUIRED_ROLES = frozenset({"organizer"})
    with_app(organizer, now=now)
    with pytest.raises(LastSecondFactor):
        remove_app(actor=acting(organizer), now=now)
    with_passkey(organizer, now=now)
    remove_app(actor=acting(organizer), now=now)
    assert second_factors_of(organizer).app_added is None


def test_an_admin_takes_none_from_themselves(admin_user: User, now: datetime) -> None:
    """On one's own page one shows first, again, who one is: a session that was stolen gets round that nowhere."""
    with_app(admin_user, now=now)
    with pytest.raises(NotYourself):
        remove_second_factors(actor=acting(admin_user), user=admin_user, now=now)
    assert second_factors_of(admin_user).are_on


def test_an_admin_takes_all_of_them_from_somebody_who_lost_them(
    fan: User, artist: User, admin_user: User, now: datetime, mailoutbox: list[EmailMessage]
) -> None:
    with_app(fan, now=now)
    with_passkey(fan, now=now)
    with pytest.raises(Forbidden):
        remove_second_factors(actor=acting(artist), user=fan, now=now)
    remove_second_factors(actor=acting(admin_user), user=fan, now=now)
    fan.refresh_from_db()
    assert fan.second_factor_at is None
    assert not second_factors_of(fan).are_on
    assert mailoutbox[-1].subject == "Two-step sign-in was switched off"
    said = len(actions())
    remove_second_factors(actor=acting(admin_user), user=fan, now=now)
    assert len(actions()) == said, "nothing was there to remove"


# --- Using ----------------------------------------------------------------------------------------------------------------


def test_a_code_is_good_once_and_older_ones_with_it(fan: User, now: datetime) -> None:
    with_app(fan, now=now)
    later = now + timedelta(seconds=60)
    step = int(later.timestamp()) // 30
    use_code(actor=acting(None), user=fan, code=code_at(SECRET, step), now=later)
    for used in (step, step - 1):
        with pytest.raises(InvalidCode):
            use_code(actor=acting(None), user=fan, code=code_at(SECRET, used), now=later)
    assert use_code(actor=acting(None), user=fan, code=code_at(SECRET, step + 1), now=later).type == "totp"
    entry = AuditEntry.objects.filter(action="user.use_factor").latest("pk")
    assert (entry.facts, entry.person.user) == ({"kind": "totp"}, fan)
    assert second_factors_of(fan).app_used == later


def test_a_recovery_code_is_good_once(fan: User, now: datetime, mailoutbox: list[EmailMessage]) -> None:
    with_app(fan, now=now)
    code = unused_recovery_codes(fan)[3]
    use_code(actor=acting(None), user=fan, code=f"{code[:4]} {code[4:]}", now=now)
    with pytest.raises(InvalidCode):
        use_code(actor=acting(None), user=fan, code=code, now=now)
    assert second_factors_of(fan).codes_left == 9
    assert mailoutbox[-1].subject == "A recovery code was used"


def test_new_recovery_codes_replace_the_old(fan: User, now: datetime, mailoutbox: list[EmailMessage]) -> None:
    with pytest.raises(NoSecondFactor):
        renew_recovery_codes(actor=acting(fan), now=now)
    with_app(fan, now=now)
    old = unused_recovery_codes(fan)
    renew_recovery_codes(actor=acting(fan), now=now)
    assert not set(old) & set(unused_recovery_codes(fan))
    with pytest.raises(InvalidCode):
        use_code(actor=acting(None), user=fan, code=old[0], now=now)
    assert mailoutbox[-1].subject == "Your recovery codes are new"


def test_an_account_takes_so_many_codes_and_says_when_it_takes_more(
    fan: User, now: datetime, settings: Settings
) -> None:
    settings.LIMITS = {**settings.LIMITS, "second_factor": (3, 300)}
    with_app(fan, now=now)
    for _time in range(3):
        with pytest.raises(InvalidCode):
            use_code(actor=acting(None), user=fan, code="000000", now=now)
    with pytest.raises(RateLimitExceeded, match="Try again in 5 minutes") as refused:
        use_code(actor=acting(None), user=fan, code=unused_recovery_codes(fan)[0], now=now)
    assert refused.value.retry_after == 300
    assert second_factors_of(fan).codes_left == 10
