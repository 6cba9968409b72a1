"""Giving people roles."""

from datetime import datetime

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import AuditEntry, Role, User
from accounts.services.roles import LastAdmin, NotYourself, change_role, keep_an_admin
from config.lib.errors import Forbidden, ValidationError
from config.tests.fixtures import acting

pytestmark = pytest.mark.django_db


def given(admin: User, user: User, role: str, now: datetime) -> User:
    return change_role(actor=acting(admin), user=user, role=role, why="They run the Lantern", now=now)


def test_it_holds_from_the_next_request_on(admin_user: User, fan: User, now: datetime) -> None:
    browser = Client()
    browser.force_login(fan)
    assert browser.get("/admin/").status_code == 302
    given(admin_user, fan, Role.ORGANIZER, now)
    assert browser.get("/admin/").status_code == 200
    given(admin_user, fan, Role.FAN, now)
    assert browser.get("/admin/").status_code == 302


def test_it_is_told_and_written_down(
    admin_user: User, fan: User, now: datetime, mailoutbox: list[EmailMessage]
) -> None:
    stored = given(admin_user, fan, Role.ORGANIZER, now)
    assert (stored.role, stored.version) == (Role.ORGANIZER, fan.version + 1)
    entry = AuditEntry.objects.get(action="user.change_role")
    assert entry.facts == {"role": "organizer", "before": "fan"}
    assert [mail.to for mail in mailoutbox] == [[fan.email]]
    given(admin_user, stored, Role.ORGANIZER, now)
    assert AuditEntry.objects.filter(action="user.change_role").count() == 1


def test_who_may_not(admin_user: User, fan: User, organizer: User, now: datetime) -> None:
    for nobody in (fan, organizer):
        with pytest.raises(Forbidden):
            given(nobody, fan, Role.ADMIN, now)
    with pytest.raises(NotYourself):
        given(admin_user, admin_user, Role.FAN, now)
    with pytest.raises(ValidationError):
        given(admin_user, fan, "king", now)


def test_the_last_admin_stays_one(admin_user: User, fan: User) -> None:
    keep_an_admin(without=fan)
    with pytest.raises(LastAdmin):
        keep_an_admin(without=admin_user)
