"""Two-step sign-in as its owner goes through it: an app that makes codes, a passkey on a device that Chromium plays."""

import re
from typing import Final

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import AuditEntry, User
from accounts.second_factors import code_at
from config.tests.browser.test_finding_and_joining import link_in, mailed_to
from config.tests.browser.windows import Windows
from config.tests.live_server import LiveSite

pytestmark = pytest.mark.django_db(transaction=True)
EMAIL, PASSWORD = "fay@example.test", "three-loud-chords"
DEVICE: Final = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def address(site: LiveSite, path: str) -> str:
    """By its name: no browser binds a passkey to an IP address."""
    return f"http://localhost:{site.port}{path}"


def with_device(page: Page) -> None:
    """Plugs in a device that keeps passkeys and always finds its owner's finger."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def shown_code(key: str, *, steps_ahead: int = 0) -> str:
    """What an app shows that was given this key."""
    return code_at(key.replace(" ", ""), int(timezone.now().timestamp()) // 30 + steps_ahead)


def sign_up(page: Page, site: LiveSite) -> None:
    page.goto(address(site, "/accounts/signup/"))
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="Confirm your e-mail", level=1)).to_be_visible()
    page.goto(address(site, link_in(mailed_to(EMAIL), "confirm-email")))
    page.get_by_role("button", name="Yes, confirm it").click()
    expect(page.get_by_role("banner").get_by_role("link", name="Sign out")).to_be_attached()


def set_up_the_app(page: Page, site: LiveSite) -> str:
    """The app's key. Recovery codes are shown at the end."""
    page.goto(address(site, "/me/security/"))
    page.get_by_role("link", name="Set up an app").click()
    expect(page.get_by_role("heading", name="Show that it is you")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    key = page.locator(".typed-key").inner_text()
    page.get_by_label("The six digits it shows now").fill("000000")
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_label("The six digits it shows now")).to_have_attribute("aria-invalid", "true")
    assert page.locator(".typed-key").inner_text() == key, "a wrong digit does not outdate what was scanned"
    page.get_by_label("The six digits it shows now").fill(shown_code(key))
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_role("heading", name="Recovery codes", level=1)).to_be_visible()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    page.get_by_role("link", name="I keep them safe").click()
    expect(page.get_by_text("10 of 10 left")).to_be_visible()
    return key


def add_a_passkey(page: Page) -> None:
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("What to call it").fill("Fay's phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Fay's phone")).to_be_visible()


def sign_out(page: Page) -> None:
    page.goto(page.url.split("/me/")[0] + "/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_attached()


def test_sign_up_app_passkey_sign_in_with_either(windows: Windows, live_site: LiveSite) -> None:
    windows.complaints.expected.append("422")
    page = windows.open(address(live_site, "/"))
    with_device(page)
    sign_up(page, live_site)
    key = set_up_the_app(page, live_site)
    add_a_passkey(page)
    sign_out(page)

    page.goto(address(live_site, "/accounts/login/?next=/me/settings/"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="My settings")).to_be_visible()
    assert AuditEntry.objects.filter(action="user.use_factor").latest("pk").facts == {"kind": "webauthn", "alone": True}
    sign_out(page)

    page.goto(address(live_site, "/accounts/login/"))
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="The second step")).to_be_visible()
    page.get_by_label("Code").fill(shown_code(key, steps_ahead=1))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile("/me/$"))
    assert User.objects.get().second_factor_at is not None


def test_a_passkey_is_the_second_step_and_shows_again_who_one_is(windows: Windows, live_site: LiveSite) -> None:
    page = windows.open(address(live_site, "/"), width=1440)
    with_device(page)
    sign_up(page, live_site)
    page.goto(address(live_site, "/me/security/passkeys/add/"))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("What to call it").fill("Laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes", level=1)).to_be_visible()
    sign_out(page)

    page.goto(address(live_site, "/accounts/login/?next=/me/security/"))
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Use my passkey").click()
    page.get_by_role("link", name="Remove Laptop").click()
    page.get_by_role("link", name="With a passkey").click()
    page.get_by_role("button", name="Use my passkey").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_role("region", name="Two-step sign-in").get_by_text("Not set up")).to_be_visible()
    assert User.objects.get().second_factor_at is None


def test_where_no_device_answers_the_page_says_so(windows: Windows, live_site: LiveSite) -> None:
    page = windows.open(address(live_site, "/accounts/login/"))
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {**DEVICE, "isUserVerified": False}})
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert").filter(has_text="Nothing came back")).to_be_visible()


def test_without_javascript_the_button_says_what_it_needs(windows: Windows, live_site: LiveSite) -> None:
    page = windows.open(address(live_site, "/accounts/login/"), javascript=False)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("Passkeys need JavaScript")).to_be_visible()
