"""Signing in by Google, Apple and Spotify on pages, against a server that speaks as they do."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.actors import Impersonated
from accounts.models import AuditEntry, BrowserSession, User
from accounts.services.resetting import reset_key
from accounts.services.social import connect, disconnect
from accounts.session_store import SessionStore
from accounts.social import Identity
from accounts.tests.factories import PASSWORD, confirm_email
from accounts.tests.providers import Provider, keys, serving
from config.lib import redis
from config.social_providers import configured, origins
from config.tests.fixtures import acting

LOG_IN, COMPLETE, HUB = reverse("account_login"), reverse("socialaccount_signup"), reverse("my-security")
PROVIDERS = ("google", "apple", "spotify")


@pytest.fixture
def provider(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    settings.SOCIALACCOUNT_PROVIDERS = configured(keys())
    with serving(monkeypatch) as server:
        yield server


@pytest.fixture
def browser(db: None) -> Client:
    return Client()


def go(browser: Client, name: str, *, address: str = "sign-in-there") -> str:
    """Where the button leads."""
    return str(browser.post(reverse(address, args=[name]))["Location"])


def back(browser: Client, name: str, answer: dict[str, str]) -> Any:
    """The browser comes back, as each provider sends it: Apple by a form, the others by a redirect."""
    if name == "apple":
        middle = browser.post(reverse("apple_callback"), answer)
        return browser.get(middle["Location"])
    return browser.get(f"{reverse(f'{name}_callback')}?{urlencode(answer)}")


def round_trip(browser: Client, provider: Provider, name: str, *, address: str = "sign-in-there") -> Any:
    return back(browser, name, provider.consent(go(browser, name, address=address)))


def connected(user: User, name: str, uid: str = "person-1") -> User:
    SocialAccount.objects.create(user=user, provider=name, uid=uid)
    return confirm_email(user)


def is_signed_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


def proved(user: User) -> Client:
    """Signed in by the password a moment ago, and shown it again."""
    browser = Client()
    browser.post(LOG_IN, {"login": user.email, "password": PASSWORD})
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return browser


@pytest.mark.parametrize("name", PROVIDERS)
def test_without_keys_there_is_no_button_and_no_address(browser: Client, fan: User, name: str) -> None:
    assert "Continue with" not in browser.get(LOG_IN).content.decode()
    assert browser.post(reverse("sign-in-there", args=[name])).status_code == 404
    for callback in (f"{name}_callback", "apple_finish_callback"):
        assert browser.get(reverse(callback)).status_code == 404
    browser.force_login(fan)
    assert 'id="connections"' not in browser.get(HUB).content.decode()


def test_one_that_lacks_a_key_is_absent() -> None:
    everything = keys()
    assert list(configured(everything)) == ["google", "apple", "spotify"]
    for missing, without in (
        ("GOOGLE_CLIENT_SECRET", "google"),
        ("APPLE_KEY_ID", "apple"),
        ("SPOTIFY_CLIENT_ID", "spotify"),
    ):
        assert without not in configured({**everything, missing: ""})
    assert origins(configured(everything))[0] == "https://accounts.google.com"


def test_each_has_a_button_on_the_entrance(browser: Client, provider: Provider) -> None:
    for page in (LOG_IN, reverse("account_signup")):
        text = browser.get(page).content.decode()
        assert [f"Continue with {name}" in text for name in ("Google", "Apple", "Spotify")] == [True] * 3


@pytest.mark.parametrize("name", PROVIDERS)
def test_what_is_asked_is_tied_to_this_browser(browser: Client, provider: Provider, name: str) -> None:
    asked = {key: values[0] for key, values in parse_qs(urlsplit(go(browser, name)).query).items()}
    assert len(asked["state"]) >= 16
    assert len(asked["nonce"]) >= 24
    assert asked.get("code_challenge_method") == (None if name == "apple" else "S256")
    assert asked["redirect_uri"].endswith(reverse(f"{name}_callback"))


@pytest.mark.parametrize("name", PROVIDERS)
def test_somebody_new_completes_the_sign_up(
    browser: Client, provider: Provider, name: str, mailoutbox: list[EmailMessage]
) -> None:
    assert round_trip(browser, provider, name)["Location"] == COMPLETE
    assert not User.objects.exists(), "nobody has an account before they have seen its form"
    assert 'value="ida@example.test"' in browser.get(COMPLETE).content.decode()
    done = browser.post(COMPLETE, {"email": "ida@example.test", "name": "Ida", "role": "artist"})
    user = User.objects.get()
    assert (user.email, user.name, user.role, user.has_usable_password()) == (
        "ida@example.test",
        "Ida",
        "artist",
        False,
    )
    is_confirmed = name != "spotify"  # which has not verified what it tells
    assert EmailAddress.objects.get().verified is is_confirmed
    assert (is_signed_in(browser), len(mailoutbox)) == (is_confirmed, 0 if is_confirmed else 1)
    assert done["Location"] == ("/me/" if is_confirmed else reverse("account_email_verification_sent"))
    assert AuditEntry.objects.get(action="user.sign_up").facts["provider"] == name


@pytest.mark.parametrize("name", PROVIDERS)
def test_who_is_connected_is_signed_in(browser: Client, provider: Provider, name: str, fan: User) -> None:
    connected(fan, name)
    assert round_trip(browser, provider, name)["Location"] == "/me/"
    assert browser.session["_auth_user_id"] == str(fan.pk)
    assert AuditEntry.objects.filter(action="user.log_in").count() == 1


def test_another_address_than_the_verified_one_is_confirmed_first(
    browser: Client, provider: Provider, mailoutbox: list[EmailMessage]
) -> None:
    round_trip(browser, provider, "google")
    browser.post(COMPLETE, {"email": "else@example.test", "name": "", "role": "fan"})
    assert not is_signed_in(browser)
    assert [mail.to for mail in mailoutbox] == [["else@example.test"]]


@pytest.mark.parametrize("name", ["google", "apple"])
def test_a_verified_address_of_an_account_connects_nothing_without_its_proof(
    browser: Client, provider: Provider, name: str, fan: User
) -> None:
    provider.person.email = confirm_email(fan).email
    answer = round_trip(browser, provider, name)
    assert answer["Location"] == LOG_IN
    assert "Sign in to it, then connect" in browser.get(LOG_IN).content.decode()
    assert not is_signed_in(browser)
    assert not SocialAccount.objects.exists()


def test_an_unverified_address_of_an_account_says_nothing_and_its_owner_is_told(
    browser: Client, provider: Provider, fan: User, mailoutbox: list[EmailMessage]
) -> None:
    provider.person.email = confirm_email(fan).email
    assert round_trip(browser, provider, "spotify")["Location"] == COMPLETE
    sent = {"email": fan.email, "name": "", "role": "fan"}
    assert browser.post(COMPLETE, sent)["Location"] == reverse("account_email_verification_sent")
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [([fan.email], "You already have an account")]
    assert (SocialAccount.objects.exists(), is_signed_in(browser)) == (False, False)


def test_no_token_of_theirs_is_kept_anywhere(browser: Client, provider: Provider, fan: User) -> None:
    for name in PROVIDERS:
        connected(fan, name, uid="person-1")
        round_trip(Client(), provider, name)
    round_trip(browser, provider, "google")
    provider.person.uid = "somebody new"
    round_trip(browser, provider, "apple")
    kept = [str(SocialAccount.objects.values_list("extra_data", flat=True)), str(dict(browser.session.items()))]
    kept += [str(SessionStore().decode(session.session_data)) for session in BrowserSession.objects.all()]
    assert not SocialToken.objects.exists()
    assert not [text for text in kept if "-token" in text or "refresh" in text]
    assert not [path for path in provider.asked if "token" in path], "nor is one in an address"


@pytest.mark.parametrize("name", PROVIDERS)
def test_an_answer_that_was_not_asked_for_is_refused(browser: Client, provider: Provider, name: str, fan: User) -> None:
    connected(fan, name)
    theirs = provider.consent(go(Client(), name))  # an attacker's own, slipped to somebody else's browser
    go(browser, name)
    assert back(browser, name, theirs).status_code == 401
    assert not is_signed_in(browser)


@pytest.mark.parametrize("name", PROVIDERS)
def test_an_answer_is_good_once(browser: Client, provider: Provider, name: str, fan: User) -> None:
    connected(fan, name)
    answer = provider.consent(go(browser, name))
    back(browser, name, answer)
    assert back(Client(), name, answer).status_code == 401


@pytest.mark.parametrize("name", ["google", "apple"])
@pytest.mark.parametrize("nonce", ["another", ""])
def test_an_id_token_for_another_browser_is_refused(
    browser: Client, provider: Provider, name: str, fan: User, nonce: str
) -> None:
    connected(fan, name)
    answer = provider.consent(go(browser, name))
    provider.codes[answer["code"]]["nonce"] = nonce
    assert back(browser, name, answer).status_code == 401
    assert not is_signed_in(browser)


@pytest.mark.parametrize("name", ["google", "spotify"])
def test_a_code_without_its_verifier_is_worth_nothing(
    browser: Client, provider: Provider, name: str, fan: User
) -> None:
    connected(fan, name)
    answer = provider.consent(go(browser, name))
    provider.codes[answer["code"]]["code_challenge"] = "of somebody else"
    assert back(browser, name, answer).status_code == 401


def test_who_thinks_better_of_it_there_is_told_so(browser: Client, provider: Provider) -> None:
    state = provider.consent(go(browser, "google"))["state"]
    answer = back(browser, "google", {"error": "access_denied", "state": state})
    assert answer["Location"] == reverse("socialaccount_login_cancelled")
    assert "without signing in there" in browser.get(answer["Location"]).content.decode()


def test_an_account_that_is_not_active_stays_out(browser: Client, provider: Provider, fan: User) -> None:
    connected(fan, "google")
    User.objects.filter(pk=fan.pk).update(is_active=False)
    assert round_trip(browser, provider, "google")["Location"] == reverse("account_inactive")
    assert not is_signed_in(browser)


@pytest.mark.parametrize("name", PROVIDERS)
def test_the_owner_connects_and_disconnects(
    provider: Provider, name: str, fan: User, mailoutbox: list[EmailMessage]
) -> None:
    confirm_email(fan)
    browser = proved(fan)
    mailoutbox.clear()
    assert round_trip(browser, provider, name, address="connect-there")["Location"] == HUB
    assert SocialAccount.objects.get().user == fan
    assert f"Disconnect {name.title()}" in browser.get(HUB).content.decode()
    assert browser.post(reverse("disconnect-it", args=[name]))["Location"] == HUB
    assert not SocialAccount.objects.exists()
    assert [mail.subject.split(maxsplit=1)[1] for mail in mailoutbox] == [
        "was connected to your account",
        "was disconnected from your account",
    ]
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert [action for action in actions if "connect" in action] == ["user.connect", "user.disconnect"]


@pytest.mark.parametrize("address", ["connect-there", "disconnect-it"])
def test_who_has_not_shown_that_it_is_them_is_asked_first(provider: Provider, fan: User, address: str) -> None:
    browser = Client()
    browser.force_login(fan)
    assert reverse("account_reauthenticate") in go(browser, "google", address=address)
    assert not SocialAccount.objects.exists()


def test_who_looks_at_the_site_as_somebody_connects_and_disconnects_nothing(
    fan: User, admin_user: User, now: datetime
) -> None:
    connected(fan, "google")
    look = replace(acting(fan), impersonator=admin_user)
    identity = Identity(provider="spotify", uid="admin", email="", is_confirmed=False, name="")
    with pytest.raises(Impersonated):
        connect(actor=look, identity=identity, now=now)
    with pytest.raises(Impersonated):
        disconnect(actor=look, provider="google", now=now)
    assert SocialAccount.objects.get().provider == "google"


def test_what_is_connected_to_somebody_else_stays_there(provider: Provider, fan: User, organizer: User) -> None:
    connected(organizer, "google")
    confirm_email(fan)
    browser = proved(fan)
    assert round_trip(browser, provider, "google", address="connect-there")["Location"] == HUB
    assert "connected to another account" in browser.get(HUB).content.decode()
    assert SocialAccount.objects.get().user == organizer


def test_the_last_way_in_stays(browser: Client, provider: Provider, fan: User) -> None:
    connected(fan, "google")
    fan.set_unusable_password()
    fan.save()
    round_trip(browser, provider, "google")
    assert browser.post(reverse("disconnect-it", args=["google"]))["Location"] == HUB
    assert "Set a password first" in browser.get(HUB).content.decode()
    assert SocialAccount.objects.exists()


def test_a_new_password_by_mail_ends_what_a_squatter_connected(browser: Client, provider: Provider, fan: User) -> None:
    """Somebody made an account with another's address, and waits in it: until its owner proves to read its mail."""
    SocialAccount.objects.create(user=fan, provider="spotify", uid="squatter")
    EmailAddress.objects.create(user=fan, email=fan.email, primary=True, verified=False)
    new = {"key": reset_key(user=fan), "password": "another long sentence"}
    assert Client().post(reverse("accounts:new-password"), new, content_type="application/json").status_code == 204
    assert not SocialAccount.objects.exists()


def test_a_lock_of_the_password_does_not_concern_it(
    browser: Client, provider: Provider, fan: User, settings: Settings
) -> None:
    settings.SIGN_IN_FAILURES = 1
    connected(fan, "google")
    assert Client().post(LOG_IN, {"login": fan.email, "password": "wrong"}).status_code == 429
    assert round_trip(browser, provider, "google")["Location"] == "/me/"
    assert redis.sync_client().keys("sign-in:*account:*")


@pytest.mark.parametrize("verb", ["get", "put", "delete"])
@pytest.mark.parametrize("address", ["sign-in-there", "connect-there", "disconnect-it"])
def test_buttons_are_posted(browser: Client, provider: Provider, address: str, verb: str) -> None:
    assert getattr(browser, verb)(reverse(address, args=["google"])).status_code == 405
