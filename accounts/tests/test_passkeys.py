"""Passkeys, from a device in software: added, shown alone, as the second step, and to show again who one is."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from fido2.utils import websafe_encode

from accounts.models import AuditEntry, User
from accounts.second_factors import second_factors_of
from accounts.tests.devices import Device
from accounts.tests.factories import PASSWORD, confirm_email
from accounts.tests.second_factors import with_app

pytestmark = pytest.mark.django_db
ADD, BY_PASSKEY = reverse("mfa_add_webauthn"), reverse("mfa_login_webauthn")
LOG_IN, SECOND_STEP = reverse("account_login"), reverse("mfa_authenticate")
CONFIRM, CONFIRM_BY_PASSKEY = reverse("account_reauthenticate"), reverse("mfa_reauthenticate_webauthn")
HERE = {"host": "localhost"}


@pytest.fixture
def client() -> Client:
    """At the address where passkeys work in development."""
    return Client(headers=HERE)


def asked(page: Any) -> Any:
    """What the page's script asks the browser for."""
    found = re.search(r'<script id="passkey-options" type="application/json">(.*?)</script>', page.content.decode())
    assert found
    return json.loads(found[1])


def asked_at_the_entrance(client: Client) -> Any:
    return client.get(BY_PASSKEY, headers={"accept": "application/json"}).json()["request_options"]


def added(user: User, device: Device) -> Client:
    """The browser in which `user` has added the device's passkey."""
    browser = Client(headers=HERE)
    browser.force_login(confirm_email(user))
    browser.post(CONFIRM, {"password": PASSWORD})
    credential = device.make(asked(browser.get(ADD)))
    assert browser.post(ADD, {"name": "Phone", "credential": credential}).status_code == 302
    return browser


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_passkey_signs_in_alone(client: Client, fan: User) -> None:
    device = Device()
    added(fan, device)
    answer = client.post(BY_PASSKEY, {"credential": device.show(asked_at_the_entrance(client)), "next": "/me/votes/"})
    assert answer["Location"] == "/me/votes/"
    assert is_signed_in(client)
    used, signed_in = list(AuditEntry.objects.order_by("pk"))[-2:]
    assert (used.action, used.facts, used.person.user) == ("user.use_factor", {"kind": "webauthn", "alone": True}, fan)
    assert signed_in.action == "user.log_in"
    assert second_factors_of(fan).passkeys[0].last_used is not None


def test_the_device_knows_the_account_by_its_public_name(fan: User) -> None:
    device = Device()
    added(fan, device)
    assert device.user == websafe_encode(fan.public_id.encode())


def test_an_answer_is_good_once(client: Client, fan: User) -> None:
    device = Device()
    added(fan, device)
    credential = device.show(asked_at_the_entrance(client))
    assert client.post(BY_PASSKEY, {"credential": credential})["Location"] == "/me/"
    thief = Client(headers=HERE)
    asked_at_the_entrance(thief)
    assert thief.post(BY_PASSKEY, {"credential": credential})["Location"] == LOG_IN
    assert not is_signed_in(thief)


@pytest.mark.parametrize(
    "changes", [{"origin": "http://localhost.example"}, {"origin": "http://evil.test"}, {"finger": False}]
)
def test_an_answer_from_elsewhere_or_without_its_owner_is_refused(
    client: Client, fan: User, changes: dict[str, Any]
) -> None:
    device = Device()
    added(fan, device)
    for name, value in changes.items():
        setattr(device, name, value)
    client.post(BY_PASSKEY, {"credential": device.show(asked_at_the_entrance(client))})
    assert not is_signed_in(client)


def test_a_passkey_opens_no_other_account(client: Client, fan: User, artist: User) -> None:
    mine, theirs = Device(), Device()
    added(fan, mine)
    added(artist, theirs)
    for handle in (theirs.user, websafe_encode(b"nobody"), websafe_encode(str(artist.pk).encode()), "!"):
        client.post(BY_PASSKEY, {"credential": mine.show(asked_at_the_entrance(client), user=handle)})
        assert not is_signed_in(client)


def test_a_removed_passkey_and_a_suspended_account_stay_out(client: Client, fan: User, artist: User) -> None:
    device, other = Device(), Device()
    browser = added(fan, device)
    browser.post(reverse("mfa_remove_webauthn", args=[second_factors_of(fan).passkeys[0].key]))
    client.post(BY_PASSKEY, {"credential": device.show(asked_at_the_entrance(client))})
    assert not is_signed_in(client)
    added(artist, other)
    User.objects.filter(pk=artist.pk).update(is_active=False)
    answer = client.post(BY_PASSKEY, {"credential": other.show(asked_at_the_entrance(client))})
    assert answer["Location"] == reverse("account_inactive")
    assert not is_signed_in(client)


@pytest.mark.parametrize("changes", [{"finger": False}, {"origin": "https://evil.test"}])
def test_a_passkey_that_checks_nobody_or_lies_elsewhere_is_not_added(fan: User, changes: dict[str, Any]) -> None:
    browser = Client(headers=HERE)
    browser.force_login(confirm_email(fan))
    browser.post(CONFIRM, {"password": PASSWORD})
    credential = Device(**changes).make(asked(browser.get(ADD)))
    assert browser.post(ADD, {"name": "x", "credential": credential}).status_code == 422
    assert second_factors_of(fan).passkeys == ()


def test_a_device_is_told_which_of_its_passkeys_is_added_already(fan: User) -> None:
    browser = added(fan, Device())
    assert len(asked(browser.get(ADD))["publicKey"]["excludeCredentials"]) == 1


def test_a_passkey_is_the_second_step(client: Client, fan: User) -> None:
    device = Device()
    added(fan, device)
    assert client.post(LOG_IN, {"login": fan.email, "password": PASSWORD})["Location"] == SECOND_STEP
    page = client.get(SECOND_STEP)
    assert "Or take a recovery code" in page.content.decode()
    assert client.post(SECOND_STEP, {"credential": device.show(asked(page))})["Location"] == "/me/"
    assert is_signed_in(client)
    assert AuditEntry.objects.filter(action="user.use_factor").latest("pk").facts == {
        "kind": "webauthn",
        "alone": False,
    }


def test_anothers_passkey_is_no_second_step(client: Client, fan: User, artist: User) -> None:
    mine, theirs = Device(), Device()
    added(fan, mine)
    added(artist, theirs)
    client.post(LOG_IN, {"login": fan.email, "password": PASSWORD})
    answer = client.post(SECOND_STEP, {"credential": theirs.show(asked(client.get(SECOND_STEP)))})
    assert "This did not work" in answer.content.decode()
    assert not is_signed_in(client)


def test_a_passkey_shows_again_who_one_is(client: Client, fan: User) -> None:
    device, codes = Device(), reverse("mfa_view_recovery_codes")
    added(fan, device)
    client.force_login(fan)
    page = client.get(f"{CONFIRM_BY_PASSKEY}?next={codes}")
    assert client.post(CONFIRM_BY_PASSKEY, {"credential": Device().show(asked(page)), "next": codes}).status_code == 422
    page = client.get(f"{CONFIRM_BY_PASSKEY}?next={codes}")
    assert client.post(CONFIRM_BY_PASSKEY, {"credential": device.show(asked(page)), "next": codes})["Location"] == codes
    assert client.get(codes).status_code == 200


def test_where_no_passkey_works_the_second_step_asks_for_a_code_alone(fan: User) -> None:
    added(fan, Device())
    with_app(fan, now=timezone.now())
    elsewhere = Client(headers={"host": "127.0.0.1"})
    elsewhere.post(LOG_IN, {"login": fan.email, "password": PASSWORD})
    page = elsewhere.get(SECOND_STEP).content.decode()
    assert "data-passkey" not in page
    assert 'name="code"' in page
    assert "data-passkey" not in elsewhere.get(LOG_IN).content.decode()


def test_the_second_step_checks_who_holds_the_device(client: Client, fan: User) -> None:
    device = Device()
    added(fan, device)
    client.post(LOG_IN, {"login": fan.email, "password": PASSWORD})
    device.finger = False
    client.post(SECOND_STEP, {"credential": device.show(asked(client.get(SECOND_STEP)))})
    assert not is_signed_in(client)
