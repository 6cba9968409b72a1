"""Any order of log-ins, refreshes, reuses, log-outs, password changes and suspensions keeps the promises of token families:
of each family at most one refresh token is good, a dead family never lives again, a reuse always kills, and the access
tokens of a dead family are refused.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.conf import settings as fanfare
from hypothesis import HealthCheck, Phase
from hypothesis import settings as effort
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test
from pytest_django import Settings

from accounts import tokens
from accounts.actors import Here
from accounts.models import Ended, RefreshFamily, Role, User
from accounts.services import clients
from accounts.services.clients import SignedIn, log_out, open_client, refresh, revoke
from accounts.services.passwords import set_password
from accounts.services.sessions import end_everything, sign_out_everywhere
from config.lib.errors import InvalidToken, Refusal, TokenExpired
from config.tests.fixtures import acting

_numbers = count()
PASSWORDS = ("a first long sentence", "a second long sentence")


@dataclass(eq=False)
class Family:
    """What the model believes of a family."""

    pk: int
    started: datetime
    newest: SignedIn
    expires: datetime
    rotations: int = 0
    access: list[tuple[str, datetime]] = field(default_factory=list)
    ended: bool = False


class TokenFamilies(RuleBasedStateMachine):
    families = Bundle("families")
    used = Bundle("used")

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 20, 20, tzinfo=UTC)
        self.user = User.objects.create(email=f"machine{next(_numbers)}@example.test", password="!")
        self.known: list[Family] = []
        self.admin = User.objects.create(email=f"admin{next(_numbers)}@example.test", password="!", role=Role.ADMIN)

    def _opened(self, family: Family, signed: SignedIn) -> None:
        family.newest = signed
        family.access.append((signed.tokens.access, self.now + timedelta(seconds=signed.tokens.expires_in)))
        idle = self.now + timedelta(days=fanfare.REFRESH_IDLE_DAYS)
        family.expires = min(idle, family.started + timedelta(days=fanfare.REFRESH_ABSOLUTE_DAYS))

    def _lives(self, family: Family) -> bool:
        return not family.ended and self.now < family.expires and self.user.is_active

    @rule(target=families)
    def log_in(self) -> Family:
        signed = open_client(actor=acting(self.user), user=self.user, now=self.now)
        family = Family(RefreshFamily.objects.latest("pk").pk, self.now, signed, expires=self.now)
        self._opened(family, signed)
        self.known.append(family)
        return family

    @rule(target=used, family=families)
    def refresh_with_the_newest(self, family: Family) -> Any:
        token = family.newest.tokens.refresh
        if not self._lives(family):
            with pytest.raises((InvalidToken, TokenExpired)):
                refresh(actor=acting(None), token=token, now=self.now)
            return multiple()
        family.rotations += 1
        self._opened(family, refresh(actor=acting(None), token=token, now=self.now))
        return family, token

    @rule(reused=used)
    def refresh_with_a_used_one(self, reused: tuple[Family, str]) -> None:
        family, token = reused
        try:
            refresh(actor=acting(None), token=token, now=self.now)
        except TokenExpired:
            return  # too old to prove anything
        except InvalidToken:
            family.ended = True
            return
        pytest.fail("a used token was good again")

    @rule(family=families)
    def log_out(self, family: Family) -> None:
        if not self.user.is_active:
            return
        log_out(actor=acting(self.user), family_id=family.pk, now=self.now)
        family.ended = True

    @rule(password=st.sampled_from(PASSWORDS))
    def change_password(self, password: str) -> None:
        set_password(actor=acting(self.user), user=self.user, password=password, now=self.now)
        for family in self.known:
            family.ended = True

    @rule(family=families)
    def revoke(self, family: Family) -> None:
        revoke(actor=acting(self.admin), family=RefreshFamily.objects.get(pk=family.pk), now=self.now)
        family.ended = True

    @rule(kept=families)
    def sign_out_everywhere_else(self, kept: Family) -> None:
        if self.user.is_active:
            sign_out_everywhere(
                actor=acting(self.user), keep=Here(RefreshFamily.objects.get(pk=kept.pk).public_id), now=self.now
            )
            for family in self.known:
                family.ended |= family is not kept

    @rule(ends=st.booleans())
    def suspend(self, ends: bool) -> None:
        """`is_active` alone is enough, while it lasts; ended families stay dead when it is taken back."""
        self._set_active(False)
        if ends:
            end_everything(user=self.user, because=Ended.SUSPENDED, now=self.now)
            for family in self.known:
                family.ended = True

    @rule()
    def restore(self) -> None:
        self._set_active(True)

    def _set_active(self, active: bool) -> None:
        self.user.is_active = active
        self.user.save(update_fields=["is_active"])

    @rule(minutes=st.sampled_from([0, 1, 5, 11]), days=st.sampled_from([0, 0, 0, 20, 31]))
    def wait(self, minutes: int, days: int) -> None:
        self.now += timedelta(days=days, minutes=minutes)

    @invariant()
    def access_is_good_exactly_while_its_family_and_itself_live(self) -> None:
        for family in self.known:
            for token, until in family.access[-3:]:
                try:
                    good = tokens.family_of_access(token, now=self.now).pk == family.pk
                except Refusal:
                    good = False
                assert good == (self._lives(family) and self.now < until)

    @invariant()
    def rows_say_what_the_model_says(self) -> None:
        rows = {row.pk: row for row in RefreshFamily.objects.filter(user=self.user)}
        for family in self.known:
            row = rows[family.pk]
            assert row.generation == family.rotations + 1
            assert row.expires_at == family.expires
            assert (row.revoked_at is not None) == family.ended


def _try_out(*, examples: int, phases: tuple[Phase, ...]) -> None:
    run_state_machine_as_test(
        TokenFamilies,
        settings=effort(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            phases=phases,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture(autouse=True)
def _quick_hashing(settings: Settings, db: None) -> None:
    """What is tried here is not the hashing."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def test_token_families_keep_their_promises() -> None:
    _try_out(examples=50, phases=(Phase.generate, Phase.shrink))


def test_control_when_reuse_ends_nothing_it_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "_end_if_reused", lambda *_claims, **_named: None)
    with pytest.raises(AssertionError):
        _try_out(examples=200, phases=(Phase.generate,))
