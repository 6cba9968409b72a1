"""An account from its first day to its last: signed up, secured, used by a program, copied, forgotten."""

import io
import json
import zipfile
from typing import Any

import httpx
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Erasure, Export, RefreshFamily, User
from accounts.services import erasures
from accounts.tasks import prepare_export
from config.tests.browser.test_second_step import (
    EMAIL,
    PASSWORD,
    add_a_passkey,
    address,
    set_up_the_app,
    shown_code,
    sign_up,
    with_device,
)
from config.tests.browser.windows import Windows
from config.tests.live_server import LiveSite

pytestmark = pytest.mark.django_db(transaction=True)


def make_a_key(page: Page, site: LiveSite) -> str:
    """An API key that may read events, and nothing else."""
    page.goto(address(site, "/developers/"))
    page.get_by_role("textbox", name="Name").fill("Door list")
    page.get_by_label("Read events, their line-ups and rounds").check()
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_role("heading", name="Your key “Door list”")).to_be_visible()
    return page.locator("#key-text").inner_text()


def asked(site: LiveSite, path: str, token: str, **sent: Any) -> httpx.Response:
    verb = sent.pop("verb", "GET")
    signed_in = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.request(verb, f"{site.url}/api/v1/{path}", headers=signed_in, **sent)


def code_of(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["code"])


def signed_in_app(site: LiveSite, app_key: str) -> Any:
    """The tokens of a mobile app that signs in with both steps."""
    refused = asked(site, "auth/login", "", verb="POST", json={"email": EMAIL, "password": PASSWORD})
    assert (refused.status_code, code_of(refused)) == (401, "MFA_REQUIRED")
    challenge = next(each["value"] for each in refused.json()["error"]["details"] if each["field"] == "challenge")
    answer = {"challenge": challenge, "code": shown_code(app_key, steps_ahead=1)}
    return asked(site, "auth/mfa", "", verb="POST", json=answer).json()["data"]


def test_an_account_from_its_first_day_to_its_last(windows: Windows, live_site: LiveSite) -> None:
    windows.complaints.expected.append("422")
    page = windows.open(address(live_site, "/"), width=1440)
    with_device(page)
    sign_up(page, live_site)
    app_key = set_up_the_app(page, live_site)
    add_a_passkey(page)

    key = make_a_key(page, live_site)
    assert asked(live_site, "events", key).status_code == 200
    refused = asked(live_site, "auth/profile", key, verb="PATCH", json={"name": "Somebody else"})
    assert (refused.status_code, code_of(refused)) == (403, "INSUFFICIENT_SCOPE")
    refused = asked(live_site, "keys", key)
    assert (refused.status_code, code_of(refused)) == (403, "INSUFFICIENT_SCOPE")

    tokens = signed_in_app(live_site, app_key)
    renewed = asked(live_site, "auth/refresh", "", verb="POST", json={"refresh": tokens["refresh"]}).json()["data"]
    assert asked(live_site, "auth/profile", renewed["access"]).status_code == 200
    reused = asked(live_site, "auth/refresh", "", verb="POST", json={"refresh": tokens["refresh"]})
    assert (reused.status_code, code_of(reused)) == (401, "INVALID_TOKEN")
    assert asked(live_site, "auth/profile", renewed["access"]).status_code == 401
    assert RefreshFamily.objects.get(user__email=EMAIL).revoked_because == "reused"

    page.goto(address(live_site, "/me/privacy/"))
    page.get_by_role("button", name="Ask for a copy").click()
    expect(page.get_by_text("Lists written")).to_be_visible()
    prepare_export(Export.objects.get().pk)
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Fetch it").click()
    with zipfile.ZipFile(io.BytesIO(fetched.value.path().read_bytes())) as copy:
        account = next(name for name in copy.namelist() if name.endswith("account.json"))
        assert json.loads(copy.read(account))[0]["email"] == EMAIL

    page.goto(address(live_site, "/me/privacy/erase/"))
    page.get_by_label("Type your e-mail address").fill(EMAIL)
    if page.get_by_label("Your password").count():  # not where it was typed a moment ago
        page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Forget me").click()
    expect(page.get_by_role("heading", name="Your data is being removed")).to_be_visible()
    assert erasures.carry_out(erasure_id=Erasure.objects.get().pk, now=timezone.now())
    expect(page.get_by_role("heading", name="Your data is gone")).to_be_visible()
    assert not User.objects.filter(email=EMAIL).exists()
    assert asked(live_site, "events", key).status_code == 401
    again = asked(live_site, "auth/login", "", verb="POST", json={"email": EMAIL, "password": PASSWORD})
    assert code_of(again) == "INVALID_CREDENTIALS"
