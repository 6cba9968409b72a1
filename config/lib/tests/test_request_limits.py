"""Limits on pages, limits announced in every answer of the API, and what happens while Redis is away."""

from typing import Any

import pytest
import redis
from django.http import HttpRequest
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.adapter import AccountAdapter
from accounts.models import User
from config.lib import redis as our_redis
from config.lib.request_limits import limited

pytestmark = pytest.mark.django_db

PAGE = "/accounts/login/"


@pytest.fixture
def few(settings: Settings) -> None:
    few = {"page_address": (3, 60), "page_visitor": (2, 60), "anonymous": (3, 60), "search": (1, 60)}
    settings.LIMITS = {**settings.LIMITS, **few}


@pytest.fixture
def _away(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = redis.Redis(host="127.0.0.1", port=1)
    monkeypatch.setattr(our_redis, "sync_client", lambda: lost)


def statuses(client: Client, times: int, path: str = PAGE, **said: Any) -> list[int]:
    return [client.get(path, **said).status_code for _ in range(times)]


@pytest.mark.usefixtures("few")
class TestPages:
    def test_an_address_may_ask_for_so_many(self, client: Client) -> None:
        assert statuses(client, 4) == [200, 200, 200, 429]
        refused = client.get(PAGE, headers={"accept-language": "es"})
        assert int(refused["Retry-After"]) in range(1, 61)
        assert refused["Cache-Control"] == "no-store"
        assert '<html lang="es"' in refused.content.decode()
        assert "content-security-policy" in refused.headers

    def test_a_visitor_may_ask_for_less_and_keeps_nobody_else_out(self, client: Client, fan: User) -> None:
        client.force_login(fan)
        assert statuses(client, 3, "/me/votes/") == [200, 200, 429]
        assert Client().get(PAGE, REMOTE_ADDR="192.0.2.9").status_code == 200

    def test_a_made_up_session_buys_nothing(self, settings: Settings) -> None:
        def ask(number: int) -> int:
            client = Client()
            client.cookies[settings.SESSION_COOKIE_NAME] = f"made-up-{number}"
            return int(client.get(PAGE).status_code)

        assert [ask(number) for number in range(4)] == [200, 200, 200, 429]

    def test_who_watches_over_us_is_not_counted(self, client: Client) -> None:
        assert statuses(client, 5, "/health/live") == [200] * 5

    def test_searching_is_counted_and_reading_the_list_is_not(self, client: Client, settings: Settings) -> None:
        settings.LIMITS = {**settings.LIMITS, "page_address": (99, 60)}
        for path in ("/events/", "/artists/"):
            our_redis.sync_client().flushdb()
            assert statuses(client, 2, path) == [200, 200]
            assert statuses(client, 2, f"{path}?q=") == [200, 200]
            assert statuses(client, 2, f"{path}?q=x") == [200, 429]


@pytest.mark.usefixtures("few")
class TestAddresses:
    """What a client writes into X-Forwarded-For changes nothing; what our own proxies append does."""

    @pytest.mark.parametrize(
        ("proxies", "first", "second", "same"),
        [
            (0, "198.51.100.1", "198.51.100.2", True),
            (1, "6.6.6.6, 198.51.100.1", "7.7.7.7, 198.51.100.1", True),
            (1, "6.6.6.6, 198.51.100.1", "6.6.6.6, 198.51.100.2", False),
            (2, "6.6.6.6, 198.51.100.1, 10.0.0.1", "7.7.7.7, 198.51.100.1, 10.0.0.1", True),
            (2, "198.51.100.1, 10.0.0.1", "198.51.100.2, 10.0.0.1", False),
            (1, "2001:db8:1:2:3::4", "2001:db8:1:2:5::6", True),
            (1, "2001:db8:1:2::4", "2001:db8:1:3::4", False),
            (1, "::ffff:198.51.100.1", "198.51.100.1", True),
        ],
    )
    def test_who_is_counted(self, settings: Settings, proxies: int, first: str, second: str, same: bool) -> None:
        settings.TRUSTED_PROXIES = proxies
        statuses(Client(), 3, headers={"x-forwarded-for": first})
        assert statuses(Client(), 1, headers={"x-forwarded-for": second}) == [429 if same else 200]
        assert statuses(APIClient(), 3, "/api/v1/events", headers={"x-forwarded-for": first}) == [200] * 3

    @pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "10.0.0.1"), (2, "198.51.100.1")])
    def test_the_limits_of_signing_in_count_the_same(self, settings: Settings, proxies: int, address: str) -> None:
        settings.TRUSTED_PROXIES = proxies
        request = HttpRequest()
        request.META = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 198.51.100.1, 10.0.0.1"}
        assert AccountAdapter().get_client_ip(request) == address


class TestAnnounced:
    @pytest.mark.parametrize(
        ("method", "path", "said", "status"),
        [
            ("get", "/api/v1/events", {}, 200),
            ("get", "/api/v1/events?limit=0", {}, 400),
            ("get", "/api/v1/auth/profile", {}, 401),
            ("get", "/api/v1/auth/profile", {"headers": {"authorization": "Bearer nonsense"}}, 401),
            ("get", "/api/v1/auth/profile", {"headers": {"authorization": "Bearer ff_nonsense"}}, 401),
            ("get", "/api/v1/events", {"headers": {"accept": "text/csv"}}, 406),
            ("put", "/api/v1/events", {}, 405),
            ("get", "/api/v1/events/0000000000000000", {}, 404),
            ("get", "/api/v1/nothing", {}, 404),
            ("post", "/api/v1/auth/login", {}, 422),
            ("get", "/api/schema/", {}, 200),
            ("get", "/api/docs/", {}, 200),
        ],
    )
    def test_in_every_answer(self, api: APIClient, method: str, path: str, said: dict[str, Any], status: int) -> None:
        response = getattr(api, method)(path, **said)
        assert response.status_code == status
        left = [int(response[f"RateLimit-{name}"]) for name in ("Limit", "Remaining", "Reset")]
        assert left[0] == left[1] + 1
        assert left[2] > 0
        assert "Retry-After" not in response

    @pytest.mark.usefixtures("few")
    def test_an_address_nobody_has_is_counted_too(self, api: APIClient) -> None:
        assert statuses(api, 4, "/api/v1/nothing") == [404, 404, 404, 429]
        refused = api.get("/api/v1/nothing")
        assert refused.json()["error"]["code"] == "RATE_LIMIT_EXCEEDED"
        assert (refused["RateLimit-Remaining"], int(refused["Retry-After"]) > 0) == ("0", True)

    def test_bad_credentials_keep_good_ones_in(self, api: APIClient, fan: User, settings: Settings) -> None:
        settings.LIMITS = {**settings.LIMITS, "bad_token": (2, 60)}
        said: dict[str, Any] = {"headers": {"authorization": "Bearer ff_nonsense"}}
        assert statuses(api, 3, "/api/v1/auth/profile", **said) == [401, 401, 429]
        refused = api.get("/api/v1/auth/profile", **said)
        assert (refused.json()["error"]["code"], int(refused["Retry-After"]) > 0) == ("RATE_LIMIT_EXCEEDED", True)
        assert api.get("/api/v1/events").status_code == 200
        api.force_authenticate(fan)
        assert api.get("/api/v1/auth/profile").status_code == 200


@pytest.mark.usefixtures("_away")
class TestWithoutRedis:
    def test_pages_and_reads_stay_open(self, client: Client, api: APIClient, settings: Settings) -> None:
        settings.LIMITS = dict.fromkeys(settings.LIMITS, (1, 60))
        assert statuses(client, 3, "/events/?q=x") == [200] * 3
        assert statuses(api, 3, "/api/v1/events") == [200] * 3
        assert statuses(api, 3, "/api/v1/nothing") == [404] * 3
        assert "RateLimit-Limit" not in api.get("/api/v1/events")

    @pytest.mark.parametrize("way", ["login", "signup", "refresh"])
    def test_signing_in_is_closed(self, api: APIClient, way: str) -> None:
        response = api.post(f"/api/v1/auth/{way}", {})
        assert (response.status_code, response.json()["error"]["code"]) == (503, "UNAVAILABLE")
        assert int(response["Retry-After"]) > 0


def test_a_limited_view_keeps_its_name() -> None:
    def view(request: HttpRequest) -> Any: ...

    assert limited("search")(view).__name__ == "view"
