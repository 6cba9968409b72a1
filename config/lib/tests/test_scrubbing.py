"""Secrets, tokens and people's addresses stay out of the logs, whoever writes them."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from config.lib.logging import logging_config
from config.lib.scrubbing import HIDDEN, scrub_text, scrub_value

SECRETS = [
    "+12025550143",
    "%2B12025550143",
    "fay@example.org",
    "fay%40example.org",
    "ff_9f8d7c6b5a",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOjF9.c2lnbmF0dXJl",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_what_looks_like_a_secret_is_hidden(secret: str) -> None:
    assert scrub_text(f"sent to {secret}, done") == f"sent to {HIDDEN}, done"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("GET /v/AAAAbbbbCCCC1234/ 200", f"GET /v/{HIDDEN}/ 200"),
        ("/c/abcdefgh12345678/", f"/c/{HIDDEN}/"),
        ("Referer: https://fans.example/p/bOISgAOc9z3__7HCq6Q6KE2HBAqv/", f"Referer: https://fans.example/p/{HIDDEN}/"),
        ("/accounts/password/reset/key/1-c9x0ab-0123456789abcdef/", f"/accounts/password/reset/key/{HIDDEN}/"),
        ("/accounts/unlock/AAAAAGkfdHh5-abc_def/", f"/accounts/unlock/{HIDDEN}/"),
        ("/ws?viewing=abc.def-ghi&x=1", f"/ws?viewing={HIDDEN}&x=1"),
        ("Authorization: Bearer abcdefghijkl", f"Authorization: Bearer {HIDDEN}"),
        ("postgresql://fanfare:hunter2@db/fanfare", f"postgresql://{HIDDEN}@db/fanfare"),
    ],
)
def test_links_headers_and_addresses_lose_their_secret_part(text: str, left: str) -> None:
    assert scrub_text(text) == left


@pytest.mark.parametrize(
    "text", ["round 3 closed", "2026-11-20T12:00:00Z", "event 4f6k2m9q8r7t1v3w", "12 of 500 places"]
)
def test_ordinary_text_stays(text: str) -> None:
    assert scrub_text(text) == text


@pytest.mark.parametrize(
    "name", ["password", "new_password", "Authorization", "csrftoken", "api_key", "text", "phone", "code"]
)
@pytest.mark.parametrize("value", ["x", 123456, ["x"], {"a": "x"}, b"x"])
def test_a_value_with_a_secret_name_is_hidden(name: str, value: Any) -> None:
    assert scrub_value({name: value}) == {name: HIDDEN}


def test_containers_are_scrubbed_all_the_way_down() -> None:
    value = {"people": [{"contact": {"note": "call +12025550143"}}, ("fay@example.org", 3)]}

    assert scrub_value(value) == {"people": [{"contact": {"note": f"call {HIDDEN}"}}, [HIDDEN, 3]]}


def test_objects_are_logged_as_scrubbed_text() -> None:
    assert scrub_value(ValueError("no such phone +12025550143")) == f"no such phone {HIDDEN}"


class TestLines:
    """Through the real configuration, as lines of JSON."""

    @pytest.fixture
    def lines(self) -> Iterator[io.StringIO]:
        config = logging_config(level="INFO", readable=False)
        written = io.StringIO()
        config["handlers"]["stderr"]["stream"] = written
        config["root"]["handlers"] = ["stderr"]
        before = logging.root.handlers[:], logging.root.level
        logging.config.dictConfig(config)
        yield written
        logging.root.handlers[:], level = before
        logging.root.setLevel(level)

    def line(self, written: io.StringIO) -> Any:
        return json.loads(written.getvalue().splitlines()[-1])

    @pytest.mark.parametrize("secret", SECRETS)
    def test_structlog(self, lines: io.StringIO, secret: str) -> None:
        structlog.get_logger("a").info(f"to {secret}", note=f"for {secret}", password="p", token=secret)

        entry = self.line(lines)
        assert (entry["event"], entry["note"]) == (f"to {HIDDEN}", f"for {HIDDEN}")
        assert (entry["password"], entry["token"]) == (HIDDEN, HIDDEN)
        assert entry["level"] == "info"

    @pytest.mark.parametrize("secret", SECRETS)
    def test_stdlib_message_arguments_and_extra(self, lines: io.StringIO, secret: str) -> None:
        logging.getLogger("some.library").warning("to %s", secret, extra={"reached": secret, "secret": 1})

        entry = self.line(lines)
        assert (entry["event"], entry["reached"], entry["secret"]) == (f"to {HIDDEN}", HIDDEN, HIDDEN)

    @pytest.mark.parametrize("secret", SECRETS)
    def test_exceptions_of_both(self, lines: io.StringIO, secret: str) -> None:
        for log in (structlog.get_logger("a").exception, logging.getLogger("b").exception):
            try:
                int(f"cannot reach {secret}")
            except ValueError:
                log("failed")
            assert secret not in lines.getvalue()
            assert f"'cannot reach {HIDDEN}'" in self.line(lines)["exception"]

    def test_the_request_id_is_on_lines_of_libraries_too(self, lines: io.StringIO) -> None:
        with structlog.contextvars.bound_contextvars(request_id="abcdefgh"):
            logging.getLogger("some.library").warning("hello")

        assert self.line(lines)["request_id"] == "abcdefgh"
