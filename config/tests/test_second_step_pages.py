"""The pages of two-step sign-in, which only somebody with factors comes to: sound HTML of ours in every language."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.second_factors import second_factors_of
from accounts.tests.devices import Device
from accounts.tests.factories import PASSWORD
from accounts.tests.second_factors import with_app
from accounts.tests.test_passkeys import HERE, added
from config.tests.test_own_pages import autocompletes, check

pytestmark = pytest.mark.django_db
NAMES = (
    *("my-security", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"),
    *("mfa_add_webauthn", "account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
)


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_the_pages_of_the_second_step_are_ours(fan: User, language: str) -> None:
    User.objects.filter(pk=fan.pk).update(language=language)
    browser = added(fan, Device())
    setting_up = check(browser.get(reverse("mfa_activate_totp")), language)
    assert autocompletes(setting_up) == {"code": "one-time-code"}
    with_app(fan, now=timezone.now() - timedelta(days=1))
    key = second_factors_of(fan).passkeys[0].key
    of_a_passkey = [reverse(f"mfa_{what}_webauthn", args=[key]) for what in ("edit", "remove")]
    for path in [*map(reverse, NAMES), *of_a_passkey]:
        page = check(browser.get(path), language)
        assert "" not in autocompletes(page).values(), path
        assert "placeholder" not in page.partition("<main")[2]
    stranger = Client(headers={**HERE, "accept-language": language})
    stranger.post(reverse("account_login"), {"login": fan.email, "password": PASSWORD})
    assert autocompletes(check(stranger.get(reverse("mfa_authenticate")), language)) == {"code": "one-time-code"}
    wrong = check(stranger.post(reverse("mfa_authenticate"), {"code": "000000"}), language)
    assert 'aria-invalid="true"' in wrong
