"""Every address of a production server, graded as an observatory does: headers, cookies, what must not leak.

The addresses come from the resolver and the edge's routes, asked as a visitor, as a fan and as an admin would; what has
arguments is asked with ones that name nothing, which is how its error pages are graded.
"""

import re
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie

import httpx
import pytest
from django.test import Client
from django.urls import get_resolver

from accounts.models import User
from config.asgi import EDGE_ROUTES
from config.tests.architecture.test_addresses import patterns
from config.tests.live_server import LiveSite

BEHIND_TLS = {"x-forwarded-proto": "https", "x-forwarded-for": "198.51.100.7", "host": "fanfare.example"}
NOT_ASKED = re.compile(
    r"^(health|metrics)|^dev/"
)  # JSON for watchers, over plain HTTP too; and what production has not
PRIVATE = re.compile(r"^/(me|developers|admin)/")
PERMISSIONS = {"microphone=()", "payment=()", "usb=()"}


def paths() -> Iterator[str]:
    """Every address of Django and of the edge, once."""
    found = {f"/{_filled(route)}" for route, _pattern in patterns(get_resolver()) if not NOT_ASKED.match(route)}
    found |= {_filled(route.pattern.pattern) for route in EDGE_ROUTES}
    yield from sorted(found | {"/nothing/here/", "/api/v1/nothing", "/static/nothing.css"})


def _filled(route: str) -> str:
    """The route with something that names nothing for each argument."""
    plain = re.sub(r"\(\?P?<?[^)]*\)|\(\[\^/\]\+\)|<[^>]+>", "0000000000000000", route)
    return re.sub(r"[\^$\\?]|\(.*\)", "", plain)


def faults(answer: httpx.Response, *, over_tls: bool = True) -> list[str]:
    """What an observatory would take points off for."""
    headers = answer.headers
    is_page = headers.get("content-type", "").startswith("text/html")
    policy = headers.get("content-security-policy", "")
    found = {
        "an error of ours": answer.status_code >= 500,
        "no HSTS of a year": over_tls and "max-age=31536000" not in headers.get("strict-transport-security", ""),
        "no nosniff": headers.get("x-content-type-options") != "nosniff",
        "can be framed": headers.get("x-frame-options") != "DENY" or "frame-ancestors 'none'" not in policy,
        "a policy that is not strict": "default-src 'none'" not in policy or "script-src 'unsafe" in policy,
        "tells others where people come from": headers.get("referrer-policy") not in {"same-origin", "strict-origin"},
        "may be embedded": headers.get("cross-origin-resource-policy") not in {"same-origin", "cross-origin"},
        "shares its window": is_page and headers.get("cross-origin-opener-policy") != "same-origin",
        "features left on": is_page and not set(headers.get("permissions-policy", "").split(", ")) >= PERMISSIONS,
        "says what it runs on": "server" in headers or "x-powered-by" in headers,
    }
    return [fault for fault, is_there in found.items() if is_there] + list(_loose_cookies(answer))


def _loose_cookies(answer: httpx.Response) -> Iterator[str]:
    for line in answer.headers.get_list("set-cookie"):
        for name, cookie in SimpleCookie(line).items():
            tight = cookie["secure"] and cookie["httponly"] and cookie["samesite"] in {"Lax", "Strict"}
            if not (tight and name.startswith("__Host-") and cookie["path"] == "/" and not cookie["domain"]):
                yield f"a loose cookie {name}"


def is_kept(answer: httpx.Response) -> bool:
    """Whether a cache on the way, or the next person at the same browser, could be shown it."""
    return not re.search("no-store|private", answer.headers.get("cache-control", ""))


@pytest.fixture
def site(start_site: Callable[..., LiveSite]) -> LiveSite:
    """In production, behind one proxy that ends TLS."""
    return start_site(
        workers=1,
        TRUSTED_PROXIES="1",
        PUBLIC_URL="https://fanfare.example",
        ALLOWED_HOSTS="fanfare.example,127.0.0.1",
        SECURE_SSL_REDIRECT="1",
        MFA_REQUIRED_ROLES="",
    )


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return f"__Host-sessionid={client.session.session_key}"


@pytest.mark.django_db(transaction=True)
def test_every_answer_is_a_safe_one(site: LiveSite, fan: User, admin_user: User) -> None:
    everything = list(paths())
    visitors = {"nobody": {}, "fan": {"cookie": session_of(fan)}, "admin": {"cookie": session_of(admin_user)}}
    found: dict[str, list[str]] = {}
    seen: dict[tuple[str, str], int] = {}
    with httpx.Client(base_url=site.url, headers=BEHIND_TLS, timeout=30) as client:
        for visitor, said in visitors.items():
            for path in everything:
                answer = client.get(path, headers=said)
                wrong = faults(answer)
                if visitor != "nobody" and PRIVATE.match(path) and answer.status_code == 200 and is_kept(answer):
                    wrong.append("kept by caches")
                seen[visitor, path] = answer.status_code
                if wrong:
                    found[f"{path} as {visitor}: {answer.status_code}"] = wrong
        posted = client.post("/accounts/language/", data={"language": "es"})
        unread = client.post("/api/v1/auth/login", content=b"x" * 3_000_000)
        plain = client.get("/", headers={"x-forwarded-proto": "http"})
    assert len(everything) > 80
    inside = [("fan", "/me/"), ("fan", "/developers/"), ("admin", "/admin/"), ("nobody", "/accounts/login/")]
    assert [seen[visit] for visit in inside] == [200] * len(inside)
    assert found == {}
    assert (posted.status_code, faults(posted), unread.status_code, faults(unread)) == (403, [], 413, [])
    assert (plain.status_code, plain.headers["location"]) == (301, "https://fanfare.example/")
    assert "strict-transport-security" not in plain.headers
    assert faults(plain, over_tls=False) == []


@pytest.mark.parametrize(
    ("header", "value", "fault"),
    [
        ("server", "uvicorn", "says what it runs on"),
        ("set-cookie", "sessionid=x; Path=/; Secure; HttpOnly", "a loose cookie sessionid"),
        ("set-cookie", "__Host-s=x; Path=/; Secure; SameSite=Lax", "a loose cookie __Host-s"),
    ],
)
def test_the_grader_sees(header: str, value: str, fault: str) -> None:
    assert fault in faults(httpx.Response(200, headers={header: value}))
    assert "no nosniff" in faults(httpx.Response(200))
