"""Limits hold across processes: two servers, one Redis."""

from collections.abc import Callable

import httpx
import pytest

from config.tests.live_server import LiveSite

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_servers_count_together(start_site: Callable[..., LiveSite]) -> None:
    limits = {"LIMIT_ANONYMOUS": "6/60", "LIMIT_PAGE_ADDRESS": "6/60"}
    sites = [start_site(workers=1, **limits) for _ in range(2)]
    for path in ("/api/v1/events", "/accounts/login/"):
        answers = [httpx.get(sites[number % 2].url + path).status_code for number in range(8)]
        assert answers == [200] * 6 + [429] * 2
