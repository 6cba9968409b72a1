"""Refresh tokens: good once, and a second use ends the family; also when two requests come at the same moment."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import tokens
from accounts.models import AuditEntry, Ended, RefreshFamily, User
from accounts.querysets import RefreshFamilyQuerySet
from accounts.services.clients import SignedIn, log_out, open_client, refresh, revoke
from accounts.services.passwords import set_password
from accounts.tests.factories import UserFactory
from accounts.tests.racing import racers, until_blocked_or_done
from config.lib.errors import AuthRequired, Forbidden, InvalidToken, Refusal, TokenExpired
from config.tests.fixtures import acting

NOBODY = acting(None)


@pytest.fixture
def signed(fan: User, now: datetime) -> SignedIn:
    return open_client(actor=acting(fan), user=fan, now=now)


def test_refreshing_answers_new_tokens_and_uses_up_the_old(signed: SignedIn, now: datetime) -> None:
    again = refresh(actor=NOBODY, token=signed.tokens.refresh, now=now)
    assert again.user == signed.user
    assert again.tokens.refresh != signed.tokens.refresh
    assert tokens.family_of_access(again.tokens.access, now=now)
    assert RefreshFamily.objects.get().generation == 2


def test_reuse_ends_the_family_for_both_who_hold_it(signed: SignedIn, now: datetime) -> None:
    newest = refresh(actor=NOBODY, token=signed.tokens.refresh, now=now)
    with pytest.raises(InvalidToken):
        refresh(actor=NOBODY, token=signed.tokens.refresh, now=now)
    family = RefreshFamily.objects.get()
    assert (family.revoked_at, family.revoked_because) == (now, Ended.REUSED)
    with pytest.raises(InvalidToken):
        refresh(actor=NOBODY, token=newest.tokens.refresh, now=now)
    with pytest.raises(InvalidToken):
        tokens.family_of_access(newest.tokens.access, now=now)


def test_reuse_is_audited_once_with_whose_client_it_was(signed: SignedIn, now: datetime) -> None:
    refresh(actor=NOBODY, token=signed.tokens.refresh, now=now)
    for _attempt in range(2):
        with pytest.raises(InvalidToken):
            refresh(actor=NOBODY, token=signed.tokens.refresh, now=now)
    entry = AuditEntry.objects.get(action="client.reuse")
    assert entry.subject_id == RefreshFamily.objects.get().public_id
    assert entry.person.user == signed.user


def test_reuse_in_one_client_leaves_the_others(signed: SignedIn, fan: User, now: datetime) -> None:
    other = open_client(actor=acting(fan), user=fan, now=now)
    refresh(actor=NOBODY, token=signed.tokens.refresh, now=now)
    with pytest.raises(InvalidToken):
        refresh(actor=NOBODY, token=signed.tokens.refresh, now=now)
    assert refresh(actor=NOBODY, token=other.tokens.refresh, now=now)


def test_idle_client_expires(signed: SignedIn, now: datetime, settings: Settings) -> None:
    late = now + timedelta(days=settings.REFRESH_IDLE_DAYS)
    with pytest.raises(TokenExpired):
        refresh(actor=NOBODY, token=signed.tokens.refresh, now=late)


def test_use_moves_the_idle_expiry_but_never_past_the_absolute_one(
    signed: SignedIn, now: datetime, settings: Settings
) -> None:
    settings.REFRESH_IDLE_DAYS, settings.REFRESH_ABSOLUTE_DAYS = 30, 50
    day_29 = refresh(actor=NOBODY, token=signed.tokens.refresh, now=now + timedelta(days=29))
    assert RefreshFamily.objects.get().expires_at == now + timedelta(days=50)
    day_49 = refresh(actor=NOBODY, token=day_29.tokens.refresh, now=now + timedelta(days=49))
    with pytest.raises(TokenExpired):
        refresh(actor=NOBODY, token=day_49.tokens.refresh, now=now + timedelta(days=50))


def test_client_of_an_inactive_account_is_refused(signed: SignedIn, fan: User, now: datetime) -> None:
    User.objects.filter(pk=fan.pk).update(is_active=False)
    with pytest.raises(InvalidToken):
        refresh(actor=NOBODY, token=signed.tokens.refresh, now=now)
    assert RefreshFamily.objects.get().generation == 1


def test_rotation_is_one_update_and_one_read(
    signed: SignedIn, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    savepoint = 2  # atomic inside the test's own transaction
    with django_assert_num_queries(2 + savepoint):
        refresh(actor=NOBODY, token=signed.tokens.refresh, now=now)


def test_log_out_ends_the_client_that_asks_and_no_other(signed: SignedIn, fan: User, now: datetime) -> None:
    other = open_client(actor=acting(fan), user=fan, now=now)
    family = tokens.family_of_access(signed.tokens.access, now=now)
    log_out(actor=acting(fan), family_id=family.pk, now=now)
    assert RefreshFamily.objects.get(pk=family.pk).revoked_because == Ended.SIGNED_OUT
    assert refresh(actor=NOBODY, token=other.tokens.refresh, now=now)
    assert AuditEntry.objects.get(action="user.log_out").facts == {"clients": 1}


def test_log_out_also_ends_the_client_of_a_named_refresh_token(signed: SignedIn, fan: User, now: datetime) -> None:
    log_out(actor=acting(fan), token=signed.tokens.refresh, now=now)
    assert RefreshFamily.objects.get().revoked_because == Ended.SIGNED_OUT


def test_log_out_never_ends_somebody_elses_client(signed: SignedIn, outsider: User, now: datetime) -> None:
    family = RefreshFamily.objects.get()
    log_out(actor=acting(outsider), family_id=family.pk, token=signed.tokens.refresh, now=now)
    assert refresh(actor=NOBODY, token=signed.tokens.refresh, now=now)


def test_log_out_needs_somebody(now: datetime, db: None) -> None:
    with pytest.raises(AuthRequired):
        log_out(actor=NOBODY, now=now)


def test_password_change_ends_every_client(signed: SignedIn, fan: User, now: datetime) -> None:
    open_client(actor=acting(fan), user=fan, now=now)
    set_password(actor=acting(fan), user=fan, password="another long sentence", now=now)
    assert set(RefreshFamily.objects.values_list("revoked_because", flat=True)) == {Ended.PASSWORD_CHANGED}
    assert AuditEntry.objects.get(action="user.set_password").facts == {"sessions": 0, "clients": 2}


def test_only_an_admin_revokes_a_client(signed: SignedIn, admin_user: User, outsider: User, now: datetime) -> None:
    family = RefreshFamily.objects.get()
    for actor, refusal in ((acting(outsider), Forbidden), (NOBODY, AuthRequired)):
        with pytest.raises(refusal):
            revoke(actor=actor, family=family, now=now)
    revoke(actor=acting(admin_user), family=family, now=now)
    revoke(actor=acting(admin_user), family=family, now=now)
    family.refresh_from_db()
    assert family.revoked_because == Ended.REVOKED
    assert AuditEntry.objects.filter(action="client.revoke").count() == 1


def _outcome(token: str, now: datetime) -> str:
    try:
        refresh(actor=NOBODY, token=token, now=now)
    except Refusal as refusal:
        return refusal.code
    return "refreshed"


def _race(now: datetime) -> list[str]:
    """The same token in two requests: the second arrives while the first has not committed."""
    user = UserFactory.create()
    token = open_client(actor=acting(user), user=user, now=now).tokens.refresh
    with racers() as pool:
        with transaction.atomic():
            first = _outcome(token, now)
            second = pool.start(_outcome, token, now)
            until_blocked_or_done(second)
        return [first, second.result()]


@pytest.mark.django_db(transaction=True)
def test_two_requests_with_one_token_let_one_through_and_end_the_family(now: datetime) -> None:
    assert _race(now) == ["refreshed", "INVALID_TOKEN"]
    assert RefreshFamily.objects.get().revoked_because == Ended.REUSED


@pytest.mark.django_db(transaction=True)
def test_control_without_the_generation_both_get_through(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[..., RefreshFamilyQuerySet] = RefreshFamilyQuerySet.filter

    def careless(rows: RefreshFamilyQuerySet, *args: object, **named: object) -> RefreshFamilyQuerySet:
        return real(rows, *args, **{name: value for name, value in named.items() if name != "generation"})

    monkeypatch.setattr(RefreshFamilyQuerySet, "filter", careless)
    assert _race(now) == ["refreshed", "refreshed"]
    assert RefreshFamily.objects.get().revoked_because == ""
