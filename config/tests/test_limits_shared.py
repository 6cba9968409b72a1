"""Limits of real servers: shared by all that work on one Redis, and what happens while it is away."""

import re
from collections.abc import Callable

import httpx
import pytest

from accounts.models import User
from accounts.tests.factories import PASSWORD, confirm_email
from config.tests.live_server import LiveSite
from config.tests.own_redis import OwnRedis

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_servers_count_together(start_site: Callable[..., LiveSite]) -> None:
    limits = {"LIMIT_ANONYMOUS": "6/60", "LIMIT_PAGE_ADDRESS": "6/60"}
    sites = [start_site(workers=1, **limits) for _ in range(2)]
    for path in ("/api/v1/events", "/accounts/login/"):
        answers = [httpx.get(sites[number % 2].url + path).status_code for number in range(8)]
        assert answers == [200] * 6 + [429] * 2


def test_while_redis_is_away_reading_is_open_and_signing_in_closed(
    own_redis: OwnRedis, start_site: Callable[..., LiveSite], fan: User
) -> None:
    confirm_email(fan)
    known = {"email": fan.email, "password": PASSWORD}
    site = start_site(workers=1, LIMIT_ANONYMOUS="1/60", LIMIT_PAGE_ADDRESS="1/60", LIMIT_SIGN_IN="1/60")
    page = httpx.get(f"{site.url}/accounts/login/")
    form = {"login": fan.email, "password": PASSWORD, "csrfmiddlewaretoken": _token(page)}
    secret = {"cookie": f"csrftoken={page.cookies['csrftoken']}", "origin": site.url}
    own_redis.kill()

    assert [httpx.get(site.url + path).status_code for path in ("/events/", "/events/", "/accounts/login/")] == [
        200
    ] * 3
    assert [httpx.get(f"{site.url}/api/v1/events").status_code for _ in range(3)] == [200] * 3
    refused = httpx.post(f"{site.url}/api/v1/auth/login", json=known)
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "UNAVAILABLE")
    assert httpx.post(f"{site.url}/accounts/login/", data=form, headers=secret).status_code == 503

    own_redis.start()
    assert httpx.post(f"{site.url}/api/v1/auth/login", json=known).status_code == 200
    assert httpx.post(f"{site.url}/api/v1/auth/login", json=known).status_code == 429


def _token(page: httpx.Response) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert found
    return found[1]
