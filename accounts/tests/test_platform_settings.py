"""What admins set for the whole platform."""

from datetime import datetime

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from accounts import platform_settings
from accounts.models import AuditEntry, PlatformSetting, PlatformSettingChange, User
from accounts.platform_settings import NOTICE, RATES, SENDING, SIGN_UP, registered
from accounts.policies import lacks_second_factor
from accounts.services.platform_settings import put_platform_setting, revert_platform_setting
from accounts.tests.racing import racers, until_blocked_or_done
from config.lib.errors import Forbidden, NotFound, StaleVersion, ValidationError
from config.lib.limits import limit_named
from config.tests.fixtures import acting

pytestmark = pytest.mark.django_db
WHY = "The provider is down"


def put(admin: User, key: str, value: object, now: datetime, **how: int) -> PlatformSetting:
    row = put_platform_setting(actor=acting(admin), key=key, value=value, reason=WHY, now=now, **how)
    platform_settings.refresh()  # as after the commit, which a test's transaction has not
    return row


def test_reading_costs_no_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert {key: setting.value() for key, setting in registered().items()}


def test_every_default_can_be_set(settings: Settings) -> None:
    for setting in registered().values():
        setting.require(setting.default())


def test_the_default_is_what_the_environment_says(admin_user: User, settings: Settings, now: datetime) -> None:
    settings.SENDING_ENABLED = False
    assert SENDING.value() is False
    put(admin_user, "sending", True, now)
    assert SENDING.value() is True
    put(admin_user, "sending", None, now)
    assert SENDING.value() is False


def test_it_holds_here_once_it_is_committed(
    admin_user: User, now: datetime, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        put_platform_setting(actor=acting(admin_user), key="sending", value=False, reason=WHY, now=now)
        assert SENDING.value() is True
    assert SENDING.value() is False


def test_limits_are_those_that_are_set(admin_user: User, now: datetime, settings: Settings) -> None:
    put(admin_user, "limit_user", {"requests": 7, "seconds": 60}, now)
    assert limit_named("user") == (7, 60)
    assert limit_named("anonymous") == settings.LIMITS["anonymous"]
    put(admin_user, "limit_user", None, now)
    assert limit_named("user") == settings.LIMITS["user"]
    assert {rate.name for rate in RATES} <= set(settings.LIMITS)


def test_roles_that_need_two_steps(admin_user: User, fan: User, now: datetime) -> None:
    assert not lacks_second_factor(fan)
    put(admin_user, "mfa_required_roles", ["fan"], now)
    assert lacks_second_factor(fan)


def test_nobody_new_while_sign_up_is_closed(admin_user: User, now: datetime) -> None:
    assert SIGN_UP.value()
    put(admin_user, "sign_up", False, now)
    typed = {"email": "new@example.test", "password": "a long and good one", "name": "N", "role": "fan"}
    answer = Client().post("/api/v1/auth/signup", typed, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "SIGN_UP_CLOSED")
    page = Client().post("/accounts/signup/", {**typed, "password1": typed["password"]})
    assert page.status_code == 200
    assert 'name="password1"' not in page.content.decode()
    assert not User.objects.filter(email=typed["email"]).exists()


def test_a_notice_stands_on_every_page_in_its_language(admin_user: User, now: datetime) -> None:
    assert NOTICE.said() == ""
    put(admin_user, "maintenance_notice", {"en": "Away at <noon>", "es": "Fuera a mediodía"}, now)
    assert "Away at &lt;noon&gt;" in Client().get("/").content.decode()
    assert "Fuera a mediodía" in Client().get("/?lang=es").content.decode()
    assert "Away at &lt;noon&gt;" in Client().get("/?lang=fr").content.decode()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sending", "yes"),
        ("sending", 1),
        ("mfa_required_roles", ["king"]),
        ("mfa_required_roles", ["fan", "fan"]),
        ("mfa_required_roles", "fan"),
        ("maintenance_notice", {"de": "x"}),
        ("maintenance_notice", {"en": "x" * 301}),
        ("maintenance_notice", {"en": 1}),
        ("limit_user", {"requests": 0, "seconds": 1}),
        ("limit_user", {"requests": True, "seconds": 1}),
        ("limit_user", {"requests": 1}),
        ("limit_user", 5),
    ],
)
def test_what_cannot_be_set(admin_user: User, now: datetime, key: str, value: object) -> None:
    with pytest.raises(ValidationError):
        put(admin_user, key, value, now)
    assert not PlatformSetting.objects.exists()


def test_who_may_not_and_what_there_is_not(admin_user: User, organizer: User, now: datetime) -> None:
    with pytest.raises(Forbidden):
        put(organizer, "sending", False, now)
    with pytest.raises(NotFound):
        put(admin_user, "nothing", False, now)
    with pytest.raises(ValidationError):
        put_platform_setting(actor=acting(admin_user), key="sending", value=False, reason=" ", now=now)


def test_every_change_is_kept_with_who_and_why(admin_user: User, now: datetime) -> None:
    put(admin_user, "sending", False, now)
    put(admin_user, "sending", True, now)
    first, second = PlatformSettingChange.objects.order_by("version")
    assert [(each.version, each.value, each.reason) for each in (first, second)] == [(1, False, WHY), (2, True, WHY)]
    assert second.entry.person.user == admin_user
    assert AuditEntry.objects.filter(action="platform.set").count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        PlatformSettingChange.objects.filter(pk=first.pk).update(value=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        PlatformSettingChange.objects.filter(pk=first.pk).delete()


def test_back_to_what_it_was(admin_user: User, now: datetime) -> None:
    put(admin_user, "limit_user", {"requests": 7, "seconds": 60}, now)
    put(admin_user, "limit_user", {"requests": 9, "seconds": 60}, now)
    actor = acting(admin_user)
    back = revert_platform_setting(actor=actor, key="limit_user", version=1, reason=WHY, now=now)
    assert (back.version, back.value) == (3, {"requests": 7, "seconds": 60})
    back = revert_platform_setting(actor=actor, key="limit_user", version=0, reason=WHY, now=now)
    assert (back.version, back.value) == (4, None)
    with pytest.raises(NotFound):
        revert_platform_setting(actor=actor, key="limit_user", version=9, reason=WHY, now=now)


def test_a_stale_version_changes_nothing(admin_user: User, now: datetime) -> None:
    put(admin_user, "sending", False, now, expected_version=0)
    with pytest.raises(StaleVersion):
        put(admin_user, "sending", True, now, expected_version=0)
    put(admin_user, "sending", True, now, expected_version=1)
    assert PlatformSetting.objects.get().version == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_stale(admin_user: User, now: datetime) -> None:
    put(admin_user, "sending", False, now)
    with racers() as race:
        with transaction.atomic():
            put(admin_user, "sending", True, now, expected_version=1)
            other = race.start(put, admin_user, "sending", False, now, expected_version=1)
            until_blocked_or_done(other)
        assert isinstance(other.exception(), StaleVersion)
    assert PlatformSetting.objects.get().value is True


def test_what_no_setting_understands_any_more_is_the_default(now: datetime) -> None:
    PlatformSetting.objects.create(key="sending", value="maybe", changed_at=now)
    platform_settings.refresh()
    assert SENDING.value() is True
