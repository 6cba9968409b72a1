"""The local phone, the local mailbox and the gallery exist in development only."""

from collections.abc import Iterator
from importlib import reload
from urllib.parse import unquote

import httpx
import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, clear_url_caches, resolve, reverse
from pytest_django import Settings

from config import urls
from config.embedded.fanfare import PLACES
from config.tests.live_server import LiveSite


def routes(entries: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for entry in entries:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, route)
        else:
            yield "/" + route.replace("<slug:public_id>", "x")


PATHS = sorted(routes(urls.development))


@pytest.fixture
def addresses(settings: Settings) -> Iterator[Settings]:
    """Settings after whose change `urls` is read anew; afterwards as before."""
    yield settings
    settings.DEBUG = False
    reload(urls)
    clear_url_caches()


@pytest.mark.django_db
def test_they_stand_or_fall_with_debug(addresses: Settings, client: Client) -> None:
    for debug in (True, False):
        addresses.DEBUG = debug
        reload(urls)
        clear_url_caches()
        for name in ("local:phones", "local:mails", "gallery"):
            if debug:
                assert client.get(reverse(name)).status_code == 200
                continue
            with pytest.raises(NoReverseMatch):
                reverse(name)


def spellings(path: str) -> list[str]:
    """Other ways to write `path` that some server, proxy or framework takes for the same."""
    bare = path.rstrip("/")
    first = path[1]  # the slash before it is every address's
    return [
        path,
        bare,
        path.upper(),
        f"/{path}",
        f"/.{path}",
        f"/static/..{path}",
        f"/sms/..{path}",
        path.replace("/", "//"),
        path.replace(first, f"%{ord(first):02x}", 1),
        "/" + path[1:].replace("/", "%2f"),
        f"{bare};x/",
        f"{bare}.html",
        f"{path}?DEBUG=1",
    ]


@pytest.mark.parametrize("path", PATHS)
def test_in_production_no_spelling_finds_them(live_site: LiveSite, path: str) -> None:
    with httpx.Client(base_url=live_site.url) as client:
        for spelling in spellings(path):
            request = client.build_request("GET", "/")
            request.url = request.url.copy_with(raw_path=spelling.encode())  # as it is, not tidied up
            answer = client.send(request)
            assert answer.status_code in {400, 404}, (unquote(spelling), answer.status_code, answer.text[:200])


@pytest.mark.parametrize("path", [path for _words, path in PLACES])
@pytest.mark.urls("messaging.tests.development_urls")
def test_what_make_run_greets_with_is_there(path: str) -> None:
    assert resolve(f"/{path}")


def test_all_of_them_were_tried() -> None:
    assert {"/dev/phone/", "/dev/phone/screens/", "/dev/mail/", "/dev/mail/x/", "/dev/mail/x/html/"} < set(PATHS)
    assert "/dev/components/" in PATHS
