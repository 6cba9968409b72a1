"""What leaves for the error tracker, seen by a local one."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from config import error_tracking

# Up here, because a report shows the lines around the fault.
PHONE = "+12025550143"
TOKEN = "ff_0123456789abcdef"
EMAIL = "fay@example.org"
PASSWORD = "hunter2"


class Sink(Transport):
    """Keeps what would be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Any] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.sent += [item.payload.json for item in envelope.items if item.type == "event"]


@pytest.fixture
def sink(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    sink = Sink()
    init = sentry_sdk.init
    monkeypatch.setattr(sentry_sdk, "init", lambda **more: init(transport=sink, default_integrations=False, **more))
    with sentry_sdk.isolation_scope():
        error_tracking.start(dsn="http://key@127.0.0.1:1/1", environment="test")
        yield sink
    init()  # off again


def test_a_fault_is_reported_without_people(sink: Sink) -> None:
    try:
        int(f"text from {PHONE} with {TOKEN}")
    except ValueError:
        sentry_sdk.set_user({"email": EMAIL})
        sentry_sdk.add_breadcrumb(message=f"asked {PHONE}", data={"password": PASSWORD})
        sentry_sdk.capture_exception()

    report = json.dumps(sink.sent)
    assert "ValueError" in report
    for secret in (PHONE, TOKEN, EMAIL, PASSWORD):
        assert secret not in report


def test_what_a_request_carried_is_dropped() -> None:
    event = {"request": {"url": "https://x.example/v/AAAAbbbbCCCC/", "data": "a", "query_string": "b", "cookies": "c"}}

    assert error_tracking.without_people(event, {}) == {"request": {"url": "https://x.example/v/[hidden]/"}}
