"""Editing one's own profile."""

from datetime import datetime

import pytest

from accounts.models import AuditEntry, User
from accounts.services.profile import edit_profile
from config.lib.errors import AuthRequired, StaleVersion, ValidationError
from config.tests.fixtures import acting


def test_named_values_change_and_the_others_stay(fan: User, now: datetime) -> None:
    stored = edit_profile(actor=acting(fan), name="Fay", time_zone="Europe/Madrid", now=now)
    assert (stored.name, stored.time_zone, stored.language, stored.version) == ("Fay", "Europe/Madrid", "en", 2)


def test_audit_says_which_fields_and_not_what(fan: User, now: datetime) -> None:
    edit_profile(actor=acting(fan), name="Fay", language="es", now=now)
    assert AuditEntry.objects.get().facts == {"fields": ["language", "name"]}


def test_nothing_named_changes_nothing(fan: User, now: datetime) -> None:
    assert edit_profile(actor=acting(fan), expected_version=1, now=now).version == 1
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("name", [None, "Fay"])
def test_stale_version_is_refused(fan: User, now: datetime, name: str | None) -> None:
    edit_profile(actor=acting(fan), name="Somebody was quicker", now=now)
    fan.refresh_from_db()
    with pytest.raises(StaleVersion):
        edit_profile(actor=acting(fan), expected_version=1, name=name, now=now)
    fan.refresh_from_db()
    assert (fan.name, fan.version) == ("Somebody was quicker", 2)


@pytest.mark.parametrize(
    ("typed", "stored"), [("+1 (202) 555-0123", "+12025550123"), ("+34612345678", "+34612345678"), ("", "")]
)
def test_phone_is_kept_in_e164(fan: User, now: datetime, typed: str, stored: str) -> None:
    assert edit_profile(actor=acting(fan), phone=typed, now=now).phone == stored


@pytest.mark.parametrize("typed", ["202-555-0123", "+1", "hello", "+999999999999999"])
def test_text_that_is_no_phone_is_refused(fan: User, now: datetime, typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        edit_profile(actor=acting(fan), phone=typed, now=now)
    assert [detail.field for detail in refused.value.details] == ["phone"]


def test_verified_phone_stays_verified_until_it_is_another(fan: User, now: datetime) -> None:
    User.objects.filter(pk=fan.pk).update(phone="+12025550123", phone_verified_at=now)
    assert edit_profile(actor=acting(fan), name="Fay", now=now).phone_verified_at == now
    assert edit_profile(actor=acting(fan), phone="+1 202 555 0123", now=now).phone_verified_at == now
    assert edit_profile(actor=acting(fan), phone="+12025550124", now=now).phone_verified_at is None


@pytest.mark.parametrize("language", ["de", ""])
def test_unknown_language_is_refused(fan: User, now: datetime, language: str) -> None:
    with pytest.raises(ValidationError) as refused:
        edit_profile(actor=acting(fan), language=language, now=now)
    assert [detail.field for detail in refused.value.details] == ["language"]


@pytest.mark.parametrize("time_zone", ["Mars/Olympus", "", "../etc/passwd"])
def test_unknown_time_zone_is_refused(fan: User, now: datetime, time_zone: str) -> None:
    with pytest.raises(ValidationError) as refused:
        edit_profile(actor=acting(fan), time_zone=time_zone, now=now)
    assert [detail.field for detail in refused.value.details] == ["time_zone"]


def test_nobody_has_no_profile(now: datetime, db: None) -> None:
    with pytest.raises(AuthRequired):
        edit_profile(actor=acting(None), name="Fay", now=now)
