"""Suspending and restoring accounts."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.test import Client
from rest_framework.test import APIClient

from accounts.api_keys import new_text
from accounts.models import ApiKey, AuditEntry, Ended, Role, Suspension, User
from accounts.services.clients import open_client
from accounts.services.roles import LastAdmin, NotYourself, change_role
from accounts.services.signing_in import log_in
from accounts.services.suspending import AlreadySuspended, NotSuspended, restore, restore_due, suspend
from accounts.tests.factories import PASSWORD, UserFactory, confirm_email
from accounts.tests.racing import racers, until_blocked_or_done
from config.lib.errors import Forbidden, InvalidCredentials, Refusal, ValidationError
from config.lib.public_ids import new_public_id
from config.tests.fixtures import acting

WHY = "Sold tickets that were none"


def suspended(admin: User, user: User, now: datetime, **how: datetime) -> Suspension:
    return suspend(actor=acting(admin), user=user, reason=WHY, now=now, **how)


@pytest.mark.django_db
def test_everything_it_was_signed_in_with_ends_at_once(admin_user: User, fan: User, now: datetime) -> None:
    browser, program = Client(), APIClient()
    browser.force_login(fan)
    client = open_client(actor=acting(fan), user=fan, now=now)
    public_id = new_public_id()
    key = new_text(public_id)
    ApiKey.objects.create(
        public_id=public_id, user=fan, name="k", digest=key.digest, scopes=["profile:read"], created_at=now
    )
    assert browser.get("/me/").status_code == 200
    suspended(admin_user, fan, now)
    assert SESSION_KEY not in Client(cookies=browser.cookies).session
    assert browser.get("/me/").status_code == 302
    for token in (client.tokens.access, key.text):
        program.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        assert program.get("/api/v1/auth/profile").status_code == 401
    assert fan.refresh_families.get().revoked_because == Ended.SUSPENDED


@pytest.mark.django_db
def test_signing_in_is_refused_as_a_wrong_password_is(admin_user: User, fan: User, now: datetime) -> None:
    suspended(admin_user, fan, now)
    with pytest.raises(InvalidCredentials):
        log_in(actor=acting(None), email=fan.email, password=PASSWORD, now=now)
    confirm_email(fan)
    answer = Client().post("/accounts/login/", {"login": fan.email, "password": PASSWORD})
    assert answer["Location"] == "/accounts/inactive/"


@pytest.mark.django_db
def test_its_owner_is_told_why_and_the_audit_keeps_it(
    admin_user: User, fan: User, now: datetime, mailoutbox: list[EmailMessage]
) -> None:
    suspended(admin_user, fan, now, until=now + timedelta(days=2))
    entry = AuditEntry.objects.get(action="user.suspend")
    assert (entry.subject_id, entry.person.user, entry.person.why) == (fan.public_id, admin_user, WHY)
    assert WHY not in str(entry.facts)
    assert [mail.to for mail in mailoutbox] == [[fan.email]]
    assert WHY in mailoutbox[0].body


@pytest.mark.django_db
def test_only_admins_suspend(fan: User, organizer: User, now: datetime) -> None:
    for nobody in (fan, organizer):
        with pytest.raises(Forbidden):
            suspended(nobody, fan, now)


@pytest.mark.django_db
def test_not_without_a_reason_nor_until_yesterday_nor_twice(admin_user: User, fan: User, now: datetime) -> None:
    with pytest.raises(ValidationError):
        suspend(actor=acting(admin_user), user=fan, reason="  ", now=now)
    with pytest.raises(ValidationError):
        suspended(admin_user, fan, now, until=now)
    suspended(admin_user, fan, now)
    with pytest.raises(AlreadySuspended):
        suspended(admin_user, fan, now)


@pytest.mark.django_db
def test_nobody_suspends_themselves(admin_user: User, now: datetime) -> None:
    with pytest.raises(NotYourself):
        suspended(admin_user, admin_user, now)


@pytest.mark.django_db
def test_restored_by_hand(admin_user: User, fan: User, now: datetime) -> None:
    with pytest.raises(NotSuspended):
        restore(actor=acting(admin_user), user=fan, now=now)
    suspended(admin_user, fan, now)
    restore(actor=acting(admin_user), user=fan, now=now)
    fan.refresh_from_db()
    assert fan.is_active
    assert log_in(actor=acting(None), email=fan.email, password=PASSWORD, now=now).user == fan


@pytest.mark.django_db
def test_restored_by_the_clock_when_the_time_is_over(admin_user: User, fan: User, artist: User, now: datetime) -> None:
    suspended(admin_user, fan, now, until=now + timedelta(hours=1))
    suspended(admin_user, artist, now)
    assert restore_due(now=now + timedelta(minutes=59)) == 0
    assert restore_due(now=now + timedelta(hours=1)) == 1
    fan.refresh_from_db()
    artist.refresh_from_db()
    assert (fan.is_active, artist.is_active) == (True, False)


@pytest.mark.django_db
def test_the_database_holds_one_at_a_time_with_a_reason(fan: User, now: datetime) -> None:
    Suspension.objects.create(user=fan, reason="x", since=now)
    for wrong in ({"reason": "y"}, {"reason": "", "ended_at": now}, {"reason": "y", "ended_at": now, "until": now}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Suspension.objects.create(user=fan, since=now, **wrong)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", ["demote", "suspend"])
def test_of_two_admins_who_remove_each_other_one_stays(verb: str, now: datetime) -> None:
    first, second = (UserFactory.create(role=Role.ADMIN) for _number in range(2))

    def remove(by: User, whom: User) -> None:
        if verb == "suspend":
            suspended(by, whom, now)
        else:
            change_role(actor=acting(by), user=whom, role=Role.FAN, why=WHY, now=now)

    with racers() as race:
        with transaction.atomic():
            remove(first, second)
            other = race.start(remove, second, first)
            until_blocked_or_done(other)
            assert not other.done(), "nothing made the second wait"
        refused = other.exception()
    assert isinstance(refused, LastAdmin), refused
    assert isinstance(refused, Refusal)
    assert User.objects.get(role=Role.ADMIN, is_active=True) == first
