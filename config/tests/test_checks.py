"""Settings that would start but not do what they look like are named."""

from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from config import checks, limits
from config import settings as settings_module

PRODUCTION: dict[str, Any] = {
    "FANFARE_KEYS": ["k" * 32],
    "PUBLIC_URL": "https://fanfare.example",
    "ALLOWED_HOSTS": ["fanfare.example"],
    "TWILIO_ACCOUNT_SID": "AC1",
    "EMAIL_PROVIDER_BACKEND": "anymail.backends.postmark.EmailBackend",
}


def ids() -> list[str]:
    return sorted(str(message.id) for message in run_checks() if str(message.id).startswith("fanfare."))


@pytest.fixture(autouse=True)
def _production(settings: Settings) -> None:
    for name, value in PRODUCTION.items():
        setattr(settings, name, value)


def test_good_settings_pass() -> None:
    assert checks.keys_are_long
    assert ids() == []


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("FANFARE_KEYS", ["k" * 32, ""], "fanfare.E001"),
        ("FANFARE_KEYS", ["k" * 32, "short"], "fanfare.E002"),
        ("METRICS_TOKEN", "short", "fanfare.E003"),
        ("PUBLIC_URL", "fanfare.example", "fanfare.E010"),
        ("PUBLIC_URL", "https://fanfare.example/tonight", "fanfare.E010"),
        ("ALLOWED_HOSTS", ["other.example"], "fanfare.W011"),
        ("CORS_ALLOWED_ORIGINS", ["app.example"], "fanfare.E012"),
        ("CORS_ALLOWED_ORIGINS", ["https://app.example/"], "fanfare.E012"),
        ("TRUSTED_PROXIES", -1, "fanfare.E020"),
        ("TRUSTED_PROXIES", 99, "fanfare.E020"),
        ("PLATFORM_NUMBER", "0800 555", "fanfare.E030"),
        ("TWILIO_AUTH_TOKENS", ["new", ""], "fanfare.E031"),
        ("EMAIL_PROVIDER_BACKEND", "anymail.backends.nobody.EmailBackend", "fanfare.E032"),
        ("TWILIO_ACCOUNT_SID", "", "fanfare.I033"),
        ("EMAIL_PROVIDER_BACKEND", "", "fanfare.I034"),
        ("LIMITS", {"user": (0, 60)}, "fanfare.E041"),
        ("MFA_REQUIRED_ROLES", frozenset({"admin", "organiser"}), "fanfare.E050"),
    ],
)
def test_a_wrong_setting_is_named(settings: Settings, name: str, value: Any, found: str) -> None:
    setattr(settings, name, value)

    assert ids() == [found]


def test_a_wrong_tls_mode_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.DATABASES["default"]["OPTIONS"], "sslmode", "always")

    assert ids() == ["fanfare.E040"]


def test_a_missing_secret_stops_the_start_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_module, "DEBUG", False)
    monkeypatch.delenv("FANFARE_KEYS", raising=False)

    with pytest.raises(ImproperlyConfigured, match="FANFARE_KEYS is not set"):
        settings_module.required("FANFARE_KEYS", "a stand-in for development")


def test_a_limit_that_cannot_be_read_stops_the_start_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMIT_USER", "many")

    with pytest.raises(ImproperlyConfigured, match="LIMIT_USER is 'many'"):
        limits.limit("user", 1, 1)
