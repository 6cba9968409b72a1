"""Every page of accounts, as the resolver knows them, and the pages of one's own: sound HTML of ours in every language."""

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.mail import EmailMessage
from django.template import Template
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import PASSWORD, confirm_email
from config.tests.architecture.sources import PROJECT
from config.tests.architecture.test_addresses import patterns
from config.tests.test_components import Structure
from events.tests.factories import AttendeeFactory, EventFactory, PhoneFactory
from messaging.links import preferences_token
from messaging.models import ConsentDecision, ConsentPurpose, ConsentSource
from messaging.services import consent
from messaging.services.senders import platform_sender
from voting.tests.factories import BallotFactory, opened

pytestmark = pytest.mark.django_db

TAKES_POSTS_ALONE = {
    *("set_language", "send-email-link", "keep-email", "stop-looking"),
    *("end-session", "end-other-sessions", "end-all-sessions"),
}
BEHIND_A_KEY = {
    "erasure",
    "account_confirm_email",
    "account_reset_password_from_key",
    "account_unlock",
    "my-copy",
    "appeal",
}


def under(prefix: str) -> list[str]:
    """The names of the pages below this route."""
    return sorted(str(pattern.name) for route, pattern in patterns() if route.startswith(prefix))


OF_THE_SECOND_STEP = {"mfa_authenticate", "mfa_login_webauthn", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"}
TO_ANOTHER_SITE_AND_BACK = {  # accounts/tests/test_social.py
    *("sign-in-there", "connect-there", "disconnect-it"),
    *("google_callback", "spotify_callback", "apple_callback", "apple_finish_callback"),
    *("socialaccount_signup", "socialaccount_connections"),
}
_TRIED_ELSEWHERE = OF_THE_SECOND_STEP | TO_ANOTHER_SITE_AND_BACK
ACCOUNT = [name for name in under("accounts/") if name not in TAKES_POSTS_ALONE | BEHIND_A_KEY | _TRIED_ELSEWHERE]
OWN = [
    name
    for name in under("me/")
    if name not in TAKES_POSTS_ALONE | BEHIND_A_KEY and not name.startswith("mfa_")  # test_second_step_pages
]


def check(response: Any, language: str) -> str:
    """The page, which is sound and drawn by our templates alone."""
    page = str(response.content.decode())
    structure = Structure()
    structure.feed(page)
    assert structure.faults == []
    assert structure.open == []
    assert sorted(structure.ids) == sorted(set(structure.ids))
    assert structure.references - set(structure.ids) == set()
    assert f'<html lang="{language}"' in page
    assert page.count("<h1") == 1
    assert page.count("button-action") <= 1
    assert set(re.findall(r"<script(?![^>]* (?:src=|type=\"application/json\"))[^>]*>", page)) == set()
    assert "<style" not in page
    assert not re.search(r"\son\w+=", page)
    foreign = [template.origin.name for template in response.templates if is_foreign(template)]
    assert foreign == []
    return page


def is_foreign(template: Template) -> bool:
    """Whether somebody else has written it; what draws a form's widget is Django's."""
    place = str(template.origin.name)
    return not place.startswith(str(PROJECT / "templates")) and "django/forms" not in place


def autocompletes(page: str) -> dict[str, str]:
    """Field → what a browser may fill in, of the fields that people type into."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page.partition("<main")[2]):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if given.get("type") in {"text", "email", "password", "tel"}:
            found[given["name"]] = given.get("autocomplete", "")
    return found


@pytest.mark.parametrize("language", ["en", "es", "fr"])
@pytest.mark.parametrize("signed_in", [False, True], ids=["anonymous", "fan"])
@pytest.mark.parametrize("name", ACCOUNT)
def test_a_page_of_accounts_is_ours(client: Client, fan: User, name: str, signed_in: bool, language: str) -> None:
    confirm_email(fan)
    if signed_in:
        User.objects.filter(pk=fan.pk).update(language=language)
        client.force_login(fan)
    response = client.get(reverse(name), headers={"accept-language": language})
    if response.status_code == 302:
        goes_on = (
            ("/me/", reverse("account_change_password"))
            if signed_in
            else ("/", f"/accounts/login/?next={reverse(name)}")
        )
        assert response["Location"] in goes_on
        return
    page = check(response, language)
    assert "" not in autocompletes(page).values(), autocompletes(page)
    assert "placeholder" not in page.partition("<main")[2]


def test_there_are_accounts_pages_and_own_pages() -> None:
    assert {"account_login", "account_signup", "account_reset_password", "account_change_password"} <= set(ACCOUNT)
    assert set(OWN) == {
        *("me", "my-votes", "my-settings", "my-phone", "my-notifications"),
        *("my-security", "my-sessions", "my-privacy", "erase-me", "my-moderation"),
    }
    assert {name for name in ACCOUNT if "socialaccount" in name or "reauthenticate" in name} == {
        *("account_reauthenticate", "socialaccount_login_cancelled", "socialaccount_login_error"),
    }


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_the_pages_behind_keys_are_ours(
    client: Client, fan: User, mailoutbox: list[EmailMessage], language: str
) -> None:
    confirm_email(fan)
    said: dict[str, Any] = {"headers": {"accept-language": language}}
    client.post(reverse("account_reset_password"), {"email": fan.email}, **said)
    client.post(reverse("account_signup"), {"email": "n@example.test", "password1": PASSWORD, "role": "fan"}, **said)
    for mail in mailoutbox:
        link = re.search(r"https?://\S+", str(mail.body))
        assert link
        page = check(client.get(urlsplit(link.group()).path, follow=True, **said), language)
        assert "button-action" in page
        assert "" not in autocompletes(page).values()
    for name, key in (
        ("account_confirm_email", {"key": "x"}),
        ("account_unlock", {"code": "x"}),
        ("account_reset_password_from_key", {"uidb36": "1", "key": "x"}),
    ):
        assert "button-action" in check(client.get(reverse(name, kwargs=key), **said), language)


@pytest.mark.parametrize("language", ["en", "es", "fr"])
@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("account_login", {"login": "x", "password": ""}),
        ("account_signup", {"email": "x", "password1": "short", "role": "x"}),
        ("account_reset_password", {"email": "x"}),
        ("account_change_password", {"oldpassword": "x", "password1": "short", "password2": "other"}),
        ("my-settings", {"phone": "12"}),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    client: Client, fan: User, name: str, sent: dict[str, str], language: str
) -> None:
    if name in {"account_change_password", "my-settings"}:
        User.objects.filter(pk=fan.pk).update(language=language)
        client.force_login(fan)
    response = client.post(reverse(name), sent, headers={"accept-language": language})
    page = check(response, language)
    wrong = re.findall(r'id="(id_\w+)_error"', page)
    assert wrong
    for field in wrong:
        assert f'href="#{field}"' in page
        assert re.search(rf'id="{field}"[^>]*aria-invalid="true"|aria-invalid="true"[^>]*id="{field}"', page)


# --- Pages of one's own ---------------------------------------------------------------------------------------------------


def a_full_life(user: User) -> None:
    """Something in every part of every page."""
    for trait in ("live", "published", "closed", "cancelled"):
        AttendeeFactory.create(signed_in=True, user=user, event=EventFactory.create(**{trait: True}))
    AttendeeFactory.create(signed_in=True, user=user, event=EventFactory.create(published=True), status="left")
    round_, entries = opened()
    mine = AttendeeFactory.create(signed_in=True, user=user, event=round_.event)
    for number in range(25):
        BallotFactory.create(round=round_, entry=entries[0], attendee=mine, state="superseded", channel="sms")
        AttendeeFactory.create(
            signed_in=True, user=user, event=EventFactory.create(closed=True, title=f"Night {number}")
        )


@pytest.mark.parametrize("language", ["en", "es", "fr"])
@pytest.mark.parametrize("full", [False, True], ids=["empty", "full"])
def test_a_page_of_ones_own_is_sound(client: Client, fan: User, language: str, full: bool) -> None:
    User.objects.filter(pk=fan.pk).update(language=language)
    if full:
        a_full_life(fan)
    client.force_login(fan)
    for name in OWN:
        check(client.get(reverse(name)), language)
    if full:
        event = EventFactory.create(live=True)
        AttendeeFactory.create(signed_in=True, user=fan, event=event)
        check(client.get(reverse("event-pages:leave", args=[event.slug])), language)


@pytest.mark.parametrize("language", ["en", "es", "fr"])
@pytest.mark.parametrize("source", [None, ConsentSource.PREFERENCES, ConsentSource.PROVIDER])
def test_the_page_of_preferences_is_sound(client: Client, language: str, source: ConsentSource | None) -> None:
    event, sender, phone = EventFactory.create(live=True), platform_sender(), PhoneFactory.create()
    now = datetime.now(UTC)
    consent.record(
        address=phone,
        sender=sender,
        decision=ConsentDecision.GRANTED,
        purpose=ConsentPurpose.EVENT,
        topic=event.topic,
        source=ConsentSource.SMS,
        now=now,
    )
    if source:
        consent.opt_out(address=phone, sender=sender, source=source, now=now)
    path = reverse("messaging:preferences", args=[preferences_token(phone.pk, now=now)])
    page = check(client.get(path, headers={"accept-language": language}), language)
    assert (event.title in page) == (source is None)
    assert ("sms:+12025550100?body=START" in page) == (source is ConsentSource.PROVIDER)
    check(client.get("/p/wrong/", headers={"accept-language": language}), language)


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/events/?q=x", "/accounts/login/?next=%2Fevents%2F%3Fq%3Dx"),
        ("/", "/accounts/login/"),
        ("/accounts/signup/", "/accounts/login/"),
        ("/p/wrong/", "/accounts/login/"),
        ("/c/wrong/", "/accounts/login/"),
        ("/v/wrong/", "/accounts/login/"),
    ],
)
def test_the_way_to_sign_in_comes_back_and_carries_no_personal_code(client: Client, path: str, leads_to: str) -> None:
    head = client.get(path).content.decode().partition("<main")[0]
    assert f'href="{leads_to}" rel="nofollow"' in head
