"""`/metrics`: for this machine and for who has the token, of all processes together."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings


@pytest.fixture
def _token(settings: Settings) -> None:
    settings.METRICS_TOKEN = "a-long-metrics-token"


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "127.8.8.8"])
def test_this_machine_may_read(client: Client, address: str) -> None:
    answer = client.get("/metrics", REMOTE_ADDR=address)

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=")
    assert b"fanfare_edge_request_seconds" in answer.content


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_a_proxy_on_this_machine_may_not(client: Client, header: str) -> None:
    answer = client.get("/metrics", REMOTE_ADDR="127.0.0.1", headers={header: "198.51.100.7"})

    assert answer.status_code == 404


@pytest.mark.parametrize("address", ["198.51.100.7", "10.0.0.1", "", "not an address"])
def test_elsewhere_may_not(client: Client, address: str) -> None:
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 404


@pytest.mark.usefixtures("_token")
@pytest.mark.parametrize(
    ("sent", "status"),
    [("Bearer a-long-metrics-token", 200), ("Bearer a-long-metrics-tokem", 404), ("Bearer ", 404), ("Bearer é", 404)],
)
def test_elsewhere_with_the_token(client: Client, sent: str, status: int) -> None:
    answer = client.get("/metrics", REMOTE_ADDR="198.51.100.7", headers={"Authorization": sent})

    assert answer.status_code == status


def test_without_a_token_set_an_empty_one_does_not_help(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""

    assert client.get("/metrics", REMOTE_ADDR="198.51.100.7", headers={"Authorization": "Bearer "}).status_code == 404


def test_counters_of_all_processes_are_summed(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    count = "from prometheus_client import Counter; Counter('fanfare_test_things', 'Things').inc(3)"
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    for _process in range(2):
        subprocess.run([sys.executable, "-c", count], check=True)

    assert b"fanfare_test_things_total 6.0" in client.get("/metrics", REMOTE_ADDR="127.0.0.1").content


def test_that_the_process_lives_is_told_without_asking_anything(client: Client, settings: Settings) -> None:
    """No database: this test has no access to one."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    answer = client.get("/health/live")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert client.post("/health/live").status_code == 405
