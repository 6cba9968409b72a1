"""An admin looks at the site as somebody."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.mail import EmailMessage
from django.test import Client

from accounts import platform_settings
from accounts.models import AuditEntry, BrowserSession, Ended, Impersonation, LookEnded, Role, SignIn, User
from accounts.services.impersonating import CannotLookAs, end_looks, start_looking, stop_looking
from accounts.services.platform_settings import put_platform_setting
from accounts.services.sessions import end_everything
from accounts.services.suspending import suspend
from accounts.tests.factories import PASSWORD, UserFactory
from config.lib.errors import Forbidden, ValidationError
from config.tests.fixtures import acting

pytestmark = pytest.mark.django_db
WHY = "The vote page stays white"


class Desk:
    """An admin's browser."""

    def __init__(self, admin: User) -> None:
        self.admin, self.browser = admin, Client()
        self.browser.force_login(admin)
        self.own = self.browser.cookies[settings.SESSION_COOKIE_NAME].value

    def look_as(self, user: User, now: datetime) -> Impersonation:
        store = start_looking(actor=acting(self.admin), user=user, reason=WHY, own_session=self.own, now=now)
        assert store.session_key
        self.browser.cookies[settings.SESSION_COOKIE_NAME] = store.session_key
        return Impersonation.objects.get(ended_at=None, user=user)

    @property
    def stands_for(self) -> User | None:
        """Who the site takes this browser for."""
        user = self.browser.get("/").wsgi_request.user
        return user if isinstance(user, User) else None


@pytest.fixture
def desk(admin_user: User) -> Desk:
    return Desk(admin_user)


def test_the_site_is_theirs_and_the_audit_says_who_looks(desk: Desk, fan: User, now: datetime) -> None:
    desk.look_as(fan, now)
    assert desk.stands_for == fan
    desk.browser.post("/me/settings/", {"form": "profile", "name": "F. Fan", "language": "en", "time_zone": "UTC"})
    began = AuditEntry.objects.get(action="user.look_as")
    assert (began.person.user, began.person.impersonator, began.person.why) == (desk.admin, None, WHY)
    for entry in AuditEntry.objects.filter(id__gt=began.id):
        assert (entry.person.user, entry.person.impersonator) == (fan, desk.admin)


def test_a_banner_stands_on_every_page(desk: Desk, organizer: User, now: datetime) -> None:
    desk.look_as(organizer, now)
    for page in ("/", "/events/", "/me/", "/me/settings/", "/admin/", "/nothing/"):
        said = desk.browser.get(page).content.decode()
        assert "/accounts/look/stop/" in said, page
        assert organizer.known_as in said
    assert "/accounts/look/stop/" not in Desk(desk.admin).browser.get("/me/").content.decode()


def test_the_button_leads_back_to_oneself(desk: Desk, fan: User, now: datetime) -> None:
    look = desk.look_as(fan, now)
    assert desk.browser.get("/accounts/look/stop/").status_code == 405
    answer = desk.browser.post("/accounts/look/stop/")
    assert (answer.status_code, desk.stands_for) == (302, desk.admin)
    look.refresh_from_db()
    assert look.ended_because == LookEnded.STOPPED
    assert not BrowserSession.objects.filter(user=fan).exists()
    stopped = AuditEntry.objects.get(action="user.stop_look")
    assert (stopped.person.user, stopped.person.impersonator) == (desk.admin, None)


def test_nobody_stops_what_they_do_not_do(fan: User) -> None:
    browser = Client()
    assert browser.post("/accounts/look/stop/").status_code == 404
    browser.force_login(fan)
    assert browser.post("/accounts/look/stop/").status_code == 404


def test_it_ends_by_itself_and_leads_back(desk: Desk, fan: User, now: datetime) -> None:
    look = desk.look_as(fan, now)
    ago = now - timedelta(minutes=31)
    Impersonation.objects.update(started_at=ago, ends_at=now - timedelta(minutes=1))
    BrowserSession.objects.filter(impersonation=look).update(
        created_at=ago, ends_at=now - timedelta(minutes=1), expire_date=now - timedelta(minutes=1)
    )
    assert desk.stands_for == desk.admin
    assert end_looks(now=now) == 1
    look.refresh_from_db()
    assert look.ended_because == LookEnded.TIME
    assert end_looks(now=now) == 0


def test_it_ends_with_what_the_admin_may(desk: Desk, fan: User, now: datetime) -> None:
    desk.look_as(fan, now)
    User.objects.filter(pk=desk.admin.pk).update(role=Role.FAN)
    assert desk.stands_for == desk.admin


def test_it_ends_when_they_become_an_admin(desk: Desk, fan: User, now: datetime) -> None:
    desk.look_as(fan, now)
    User.objects.filter(pk=fan.pk).update(role=Role.ADMIN)
    assert desk.stands_for == desk.admin


def test_it_ends_with_the_admins_own_sessions(desk: Desk, fan: User, now: datetime) -> None:
    desk.look_as(fan, now)
    end_everything(user=desk.admin, because=Ended.PASSWORD_CHANGED, now=now)
    assert desk.stands_for is None
    assert SESSION_KEY not in desk.browser.session
    assert end_looks(now=now + timedelta(minutes=2)) == 1
    assert Impersonation.objects.get().ended_because == LookEnded.SIGNED_OUT


def test_it_ends_when_they_are_suspended(desk: Desk, fan: User, now: datetime) -> None:
    desk.look_as(fan, now)
    suspend(actor=acting(UserFactory.create(role=Role.ADMIN)), user=fan, reason="x", now=now)
    assert desk.stands_for == desk.admin


def test_whom_nobody_looks_as(desk: Desk, fan: User, organizer: User, now: datetime) -> None:
    with pytest.raises(CannotLookAs):
        desk.look_as(UserFactory.create(role=Role.ADMIN), now)
    with pytest.raises(CannotLookAs):
        desk.look_as(UserFactory.create(is_active=False), now)
    with pytest.raises(ValidationError):
        start_looking(actor=acting(desk.admin), user=fan, reason="", own_session=desk.own, now=now)
    for nobody in (organizer, fan):
        with pytest.raises(Forbidden):
            start_looking(actor=acting(nobody), user=fan, reason=WHY, own_session="x", now=now)
    assert not Impersonation.objects.exists()


THEIRS = [
    (
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "a new one entirely", "password2": "a new one entirely"},
    ),
    ("/accounts/email/", {"email": "another@example.test", "password": PASSWORD}),
    ("/me/settings/phone/", {"phone": "+12025550199"}),
    ("/me/privacy/", {}),
    ("/me/privacy/erase/", {"password": PASSWORD}),
    ("/developers/", {"name": "k", "scopes": ["profile:read"]}),
    ("/me/sessions/all/end/", {}),
]


@pytest.mark.parametrize(("address", "typed"), THEIRS, ids=[address for address, _typed in THEIRS])
def test_what_is_theirs_alone(desk: Desk, fan: User, now: datetime, address: str, typed: dict[str, str]) -> None:
    desk.look_as(fan, now)
    before = AuditEntry.objects.count()
    answer = desk.browser.post(address, typed)
    assert answer.status_code in {200, 403, 409, 302, 422}, answer.status_code
    assert AuditEntry.objects.count() == before
    assert desk.stands_for == fan


def test_services_refuse_by_name(desk: Desk, fan: User, now: datetime) -> None:
    desk.look_as(fan, now)
    answer = desk.browser.post("/me/sessions/all/end/")
    assert answer.status_code == 403
    assert "theirs alone" in answer.content.decode()


def test_the_api_knows_nothing_of_it(desk: Desk, fan: User, now: datetime) -> None:
    desk.look_as(fan, now)
    assert desk.browser.get("/api/v1/auth/profile").status_code == 401
    assert desk.browser.get("/api/v1/events").status_code == 200


def test_it_is_no_sign_in_of_theirs(desk: Desk, fan: User, now: datetime) -> None:
    look = desk.look_as(fan, now)
    session = BrowserSession.objects.get(impersonation=look)
    assert SignIn.objects.get(user=fan).is_look
    assert session.public_id not in desk.browser.get("/me/sessions/").content.decode()
    assert session.ends_at == look.ends_at
    listed = Client()
    listed.force_login(desk.admin)
    assert desk.admin.known_as in listed.get("/admin/accounts/browsersession/").content.decode()


def test_they_are_told_unless_the_platform_says_otherwise(
    desk: Desk, fan: User, now: datetime, mailoutbox: list[EmailMessage]
) -> None:
    look = desk.look_as(fan, now)
    assert [mail.to for mail in mailoutbox] == [[fan.email]]
    assert WHY in mailoutbox[0].body
    stop_looking(actor=acting(desk.admin), look=look, now=now)
    put_platform_setting(
        actor=acting(desk.admin), key="tell_of_impersonation", value=False, reason="An investigation", now=now
    )
    platform_settings.refresh()
    desk.look_as(fan, now)
    assert len(mailoutbox) == 1
