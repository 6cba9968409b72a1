"""System checks: settings that would start but not do what they look like. `manage.py check` names each."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register  # noqa: A004 - Django's own name
from django.utils.module_loading import import_string

_SHORTEST_KEY = 32
_SHORTEST_TOKEN = 16
_MOST_PROXIES = 5
_SSL_MODES = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}


@register(Tags.security)
def keys_are_long(app_configs: Any, **_more: Any) -> Iterator[CheckMessage]:
    if not all(settings.FANFARE_KEYS):
        yield Error("FANFARE_KEYS has an empty entry.", hint="Remove the extra comma.", id="fanfare.E001")
    if not settings.DEBUG and any(0 < len(key) < _SHORTEST_KEY for key in settings.FANFARE_KEYS):
        hint = 'Make one with: python -c "import secrets; print(secrets.token_urlsafe(48))"'
        yield Error(f"FANFARE_KEYS has a key of fewer than {_SHORTEST_KEY} characters.", hint=hint, id="fanfare.E002")
    if 0 < len(settings.METRICS_TOKEN) < _SHORTEST_TOKEN:
        yield Error(f"METRICS_TOKEN has fewer than {_SHORTEST_TOKEN} characters.", id="fanfare.E003")


@register()
def addresses_are_addresses(app_configs: Any, **_more: Any) -> Iterator[CheckMessage]:
    public = urlsplit(settings.PUBLIC_URL)
    if public.scheme not in {"http", "https"} or not public.hostname or public.path:
        yield Error("PUBLIC_URL must be a scheme and a host, as https://fanfare.example.", id="fanfare.E010")
    elif not settings.DEBUG and not {"*", public.hostname} & set(settings.ALLOWED_HOSTS):
        yield Warning(f"ALLOWED_HOSTS does not have {public.hostname}, the host of PUBLIC_URL.", id="fanfare.W011")
    for origin in settings.CORS_ALLOWED_ORIGINS:
        if not re.fullmatch(r"https?://[^/\s]+", origin):
            yield Error(
                f"CORS_ALLOWED_ORIGINS: {origin!r} is not an origin, as https://app.example.", id="fanfare.E012"
            )


@register()
def proxies_are_counted(app_configs: Any, **_more: Any) -> Iterator[CheckMessage]:
    """Counting too many believes what clients invent; counting too few sees everyone at the proxy's address."""
    if not 0 <= settings.TRUSTED_PROXIES <= _MOST_PROXIES:
        yield Error(
            f"TRUSTED_PROXIES must be 0 to {_MOST_PROXIES}: how many proxies stand in front.", id="fanfare.E020"
        )


@register()
def messages_can_leave(app_configs: Any, **_more: Any) -> Iterator[CheckMessage]:
    if not re.fullmatch(r"\+[1-9]\d{6,14}", settings.PLATFORM_NUMBER):
        yield Error("PLATFORM_NUMBER must be in E.164 form, as +12025550100.", id="fanfare.E030")
    if not all(settings.TWILIO_AUTH_TOKENS):
        yield Error("TWILIO_AUTH_TOKEN has an empty entry.", hint="Remove the extra comma.", id="fanfare.E031")
    if settings.EMAIL_PROVIDER_BACKEND:
        try:
            import_string(settings.EMAIL_PROVIDER_BACKEND)
        except ImportError as error:
            yield Error(f"EMAIL_PROVIDER_BACKEND cannot be imported: {error}.", id="fanfare.E032")
    if not settings.DEBUG and not settings.TWILIO_ACCOUNT_SID:
        yield Info("TWILIO_ACCOUNT_SID is not set: no text can be sent.", id="fanfare.I033")
    if not settings.DEBUG and not settings.EMAIL_PROVIDER_BACKEND:
        yield Info("EMAIL_PROVIDER_BACKEND is not set: no e-mail can be sent.", id="fanfare.I034")


@register()
def figures_make_sense(app_configs: Any, **_more: Any) -> Iterator[CheckMessage]:
    mode = settings.DATABASES["default"]["OPTIONS"].get("sslmode", "")
    if mode and mode not in _SSL_MODES:
        yield Error(f"DATABASE_SSLMODE: {mode!r} is not a mode of PostgreSQL.", id="fanfare.E040")
    if any(number < 1 or seconds < 1 for number, seconds in settings.LIMITS.values()):
        yield Error("A LIMIT_… has a number below 1.", id="fanfare.E041")


@register()
def roles_are_known(app_configs: Any, **_more: Any) -> Iterator[CheckMessage]:
    known = [str(role) for role, _name in get_user_model()._meta.get_field("role").flatchoices]
    for role in sorted(settings.MFA_REQUIRED_ROLES.difference(known)):
        hint = f"The roles: {', '.join(known)}."
        yield Error(f"MFA_REQUIRED_ROLES: {role!r} is no role, so nobody is asked.", hint=hint, id="fanfare.E050")
