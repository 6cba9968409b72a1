"""The headers that tell browsers what they may do with an answer, on every answer: pages, API, edge, files, refusals.

Django's middleware gives its own answers theirs (Content-Security-Policy above all). What it leaves out, and what never meets
it (the edge, files, bodies that are too large), gets the rest here, at the ASGI application, which is the one place (ADR 0016).
What each is for: https://developer.mozilla.org/en-US/observatory/docs/tests_and_scoring.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from django.conf import settings

from config.lib.asgi_types import ASGIApp, Message, RawHeaders, Receive, Scope, Send

# Nothing that we send needs any of these. What is left out here (a camera at the door, places near me, passkeys, a screen
# that stays awake) is for our own pages alone, which is what browsers allow by themselves.
_REFUSED_FEATURES: Final = (
    *("accelerometer", "browsing-topics", "display-capture", "gyroscope", "magnetometer", "microphone", "midi"),
    *("payment", "usb", "xr-spatial-tracking"),
)
# For an answer that is not a page: whatever it is taken for, it loads nothing, sends nothing and is framed nowhere.
_NO_PAGE: Final = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def is_secure(scheme: str, forwarded_proto: str) -> bool:
    """Whether the visitor speaks TLS; behind proxies the nearest one says so, as SECURE_PROXY_SSL_HEADER has it."""
    return scheme == "https" or (settings.TRUSTED_PROXIES > 0 and forwarded_proto == "https")


@cache
def safe_headers(*, secure: bool) -> RawHeaders:
    """What any answer carries. HSTS goes out over TLS alone (RFC 6797, section 7.2)."""
    headers = [
        (b"content-security-policy", _NO_PAGE),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"referrer-policy", settings.SECURE_REFERRER_POLICY.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
    ]
    if secure and settings.SECURE_HSTS_SECONDS:
        headers.append((b"strict-transport-security", _strict_transport()))
    return tuple(headers)


def _strict_transport() -> bytes:
    subdomains = "; includeSubDomains" if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else ""
    preload = "; preload" if settings.SECURE_HSTS_PRELOAD else ""
    return f"max-age={settings.SECURE_HSTS_SECONDS}{subdomains}{preload}".encode()


@cache
def _of_document(*, secure: bool) -> RawHeaders:
    """What Django's answers carry besides: they may be pages."""
    permissions = ", ".join(f"{feature}=()" for feature in _REFUSED_FEATURES)
    return (
        *safe_headers(secure=secure),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"permissions-policy", permissions.encode()),
    )


def with_safe_headers(application: ASGIApp, *, shared: tuple[str, ...] = ()) -> ASGIApp:
    """`application`, each of whose HTTP answers carries all of these; what it has set itself stays.

    Files under the `shared` paths may be shown by other sites and by mail programs, which is what pictures are for.
    """

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        forwarded = headers.get(b"x-forwarded-proto", b"").decode("latin-1")
        carried = _of_document(secure=is_secure(scope.get("scheme", ""), forwarded))
        if shared and scope["path"].startswith(shared):
            carried = ((b"cross-origin-resource-policy", b"cross-origin"), *carried)

        async def completed(message: Message) -> None:
            await send(_completed(message, carried) if message["type"] == "http.response.start" else message)

        await application(scope, receive, completed)

    return guarded


def _completed(message: Message, carried: RawHeaders) -> Message:
    present = {name.lower() for name, _value in message.get("headers", ())}
    missing: Mapping[bytes, bytes] = {name: value for name, value in reversed(carried) if name not in present}
    return {**message, "headers": [*message.get("headers", ()), *missing.items()]}
