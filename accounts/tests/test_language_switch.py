"""The language switch at the foot of every page."""

import pytest
from django.test import Client

from accounts.models import AuditEntry, User

pytestmark = pytest.mark.django_db
SWITCH = "/accounts/language/"


def test_visitors_go_on_in_the_language_they_choose(client: Client) -> None:
    response = client.post(SWITCH, {"language": "es", "next": "/events/?q=a"})
    assert response["Location"] == "/events/?q=a"
    cookie = response.cookies["language"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("es", True, "Lax")
    assert '<html lang="es"' in client.get("/events/").content.decode()


def test_the_account_keeps_it(client: Client, fan: User) -> None:
    client.force_login(fan)
    client.post(SWITCH, {"language": "fr", "next": "/"})
    fan.refresh_from_db()
    assert fan.language == "fr"
    assert AuditEntry.objects.filter(action="user.edit_profile").exists()
    assert '<html lang="fr"' in client.get("/").content.decode()


@pytest.mark.parametrize("chosen", ["de", "", "../x"])
def test_a_language_we_do_not_speak_changes_nothing(client: Client, fan: User, chosen: str) -> None:
    client.force_login(fan)
    assert client.post(SWITCH, {"language": chosen, "next": "/"}).status_code == 302
    fan.refresh_from_db()
    assert fan.language == "en"


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_led_away(client: Client, away: str) -> None:
    assert client.post(SWITCH, {"language": "es", "next": away})["Location"] == "/"


def test_a_links_language_gives_way(client: Client) -> None:
    page = client.get("/events/?q=a&lang=es").content.decode()
    assert '<input type="hidden" name="next" value="/events/?q=a">' in page


def test_looking_changes_nothing_and_forgery_is_refused(client: Client) -> None:
    assert client.get(SWITCH).status_code == 405
    assert Client(enforce_csrf_checks=True).post(SWITCH, {"language": "es"}).status_code == 403
