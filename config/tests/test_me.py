"""`/me/`: who comes in, the settings, and what is asked of the database."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEntry, User
from accounts.tests.factories import PASSWORD, confirm_email
from config.tests.reading import main_of
from events.tests.factories import AttendeeFactory, EventFactory
from messaging.models import Address, Channel
from voting.tests.factories import BallotFactory, opened

pytestmark = pytest.mark.django_db

PAGES = [reverse(name) for name in ("me", "my-votes", "my-settings")]
SETTINGS = reverse("my-settings")


@pytest.fixture
def reader(client: Client, fan: User) -> Client:
    client.force_login(fan)
    return client


def sent(user: User, **changes: object) -> dict[str, object]:
    """The form as it is filled in, with changes."""
    user.refresh_from_db()
    stored = {name: getattr(user, name) for name in ("name", "language", "time_zone", "phone", "version")}
    return stored | {"set_theme": "system", "set_motion": "on"} | changes


# --- Coming in ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_strangers_are_sent_to_sign_in_and_come_back(client: Client, fan: User, path: str) -> None:
    confirm_email(fan)
    entrance = client.get(path)["Location"]
    assert entrance == f"/accounts/login/?next={path}"
    assert f'name="next" value="{path}"' in client.get(entrance).content.decode()
    answer = client.post("/accounts/login/", {"login": fan.email, "password": PASSWORD, "next": path})
    assert answer["Location"] == path


def test_signing_in_leads_to_me_when_one_came_from_nowhere(client: Client, fan: User) -> None:
    confirm_email(fan)
    answer = client.post("/accounts/login/", {"login": fan.email, "password": PASSWORD})
    assert answer["Location"] == "/me/"


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", ["fan", "organizer", "artist", "admin_user", "brand", "developer"])
def test_everybody_has_their_own(client: Client, request: pytest.FixtureRequest, role: str, path: str) -> None:
    client.force_login(request.getfixturevalue(role))
    response = client.get(path)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    page = response.content.decode()
    assert 'href="/me/"' in page.partition("<main")[0]
    assert main_of(response).count('aria-current="page"') == 1


@pytest.mark.parametrize("path", PAGES)
def test_other_verbs_are_405(reader: Client, path: str) -> None:
    assert reader.put(path).status_code == 405
    assert reader.delete(path).status_code == 405


@pytest.mark.parametrize("items", [1, 3])
def test_as_many_queries_for_three_as_for_one(
    reader: Client, fan: User, items: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for trait in ("live", "published", "closed"):
        for _item in range(items):
            AttendeeFactory.create(signed_in=True, user=fan, event=EventFactory.create(**{trait: True}))
    for _item in range(items):
        round_, entries = opened()
        mine = AttendeeFactory.create(signed_in=True, user=fan, event=round_.event)
        BallotFactory.create(round=round_, entry=entries[0], attendee=mine)
    reader.get("/me/")  # the session is cached from here on
    with django_assert_num_queries(4):  # the user, nights to come, nights before, votes
        reader.get("/me/")
    with django_assert_num_queries(2):
        reader.get("/me/votes/")
    with django_assert_num_queries(1):
        reader.get("/me/settings/")


# --- Settings -------------------------------------------------------------------------------------------------------------


def test_settings_are_stored_by_the_service(reader: Client, fan: User) -> None:
    changes = {"name": "Fay", "language": "es", "time_zone": "Europe/Madrid", "phone": "+34 600 11 12 22"}
    response = reader.post(SETTINGS, sent(fan, **changes), follow=True)
    assert response.redirect_chain == [(SETTINGS, 302)]
    fan.refresh_from_db()
    assert (fan.name, fan.language, fan.time_zone, fan.phone) == ("Fay", "es", "Europe/Madrid", "+34600111222")
    assert '<html lang="es"' in response.content.decode()
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.channel) == ("user.edit_profile", "page")


def test_looking_changes_nothing(reader: Client, fan: User) -> None:
    page = main_of(reader.get(SETTINGS, {"name": "Mallory"}))
    assert "Mallory" not in page
    fan.refresh_from_db()
    assert (fan.name, fan.version) == ("Fay Fan", 1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"phone": "12"}, "This is not a phone number"),
        ({"time_zone": "Mars/Olympus"}, "not one of the available choices"),
        ({"language": "xx"}, "not one of the available choices"),
        ({"name": "x" * 151}, "at most 150 characters"),
    ],
)
def test_nothing_typed_is_lost_and_what_is_wrong_stands_beside_its_field(
    reader: Client, fan: User, change: dict[str, str], words: str
) -> None:
    response = reader.post(SETTINGS, sent(fan, **{"name": "Typed just now", "phone": "+12025550123"} | change))
    page = main_of(response)
    assert response.status_code == 422
    assert page.count(words) == 2
    (field,) = change
    assert f'id="id_{field}_error"' in page
    assert f'href="#id_{field}"' in page
    if field != "name":
        assert "Typed just now" in page
    if field in {"name", "phone"}:
        assert change[field] in page
    fan.refresh_from_db()
    assert (fan.name, fan.phone) == ("Fay Fan", "")


def test_a_change_made_elsewhere_in_between_is_not_overwritten_unseen(reader: Client, fan: User) -> None:
    old = sent(fan, name="Mine")
    reader.post(SETTINGS, sent(fan, name="Elsewhere"))
    response = reader.post(SETTINGS, old)
    assert response.status_code == 412
    page = main_of(response)
    assert "changed elsewhere in between" in page
    assert 'value="Mine"' in page
    fan.refresh_from_db()
    assert fan.name == "Elsewhere"
    assert 'name="version" value="2"' in page
    assert reader.post(SETTINGS, old | {"version": 2}).status_code == 302


def test_settings_are_checked_for_csrf(fan: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(fan)
    assert browser.post(SETTINGS, sent(fan, name="Mallory")).status_code == 403


def test_a_zone_without_a_place_stays_what_it_is(reader: Client, fan: User) -> None:
    User.objects.filter(pk=fan.pk).update(time_zone="EST")
    assert '<option value="EST" selected>' in main_of(reader.get(SETTINGS))
    assert reader.post(SETTINGS, sent(fan, name="Fay")).status_code == 302
    fan.refresh_from_db()
    assert fan.time_zone == "EST"


def test_addresses_lead_to_their_preferences_once_they_are_proven(reader: Client, fan: User) -> None:
    Address.objects.create(channel=Channel.EMAIL, value=fan.email)
    Address.objects.create(channel=Channel.EMAIL, value="other@example.test", user=fan)
    phone = Address.objects.create(channel=Channel.SMS, value="+14155550134", user=fan)
    User.objects.filter(pk=fan.pk).update(phone=phone.value)
    notifications = reverse("my-notifications")
    assert "/p/" not in main_of(reader.get(notifications))
    confirm_email(fan)
    page = main_of(reader.get(notifications))
    assert page.count('href="/p/') == 1
    path = "/p/" + page.partition('href="/p/')[2].partition('"')[0]
    assert "Mail from Fanfare" in Client().get(path).content.decode()
