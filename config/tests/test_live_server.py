"""The site that other tests talk to is a real one: two workers, replaced when killed, gone when stopped."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import httpx

from config.tests.live_server import LiveSite, eventually


def test_two_workers_serve_and_a_killed_one_is_replaced(start_site: Callable[..., LiveSite]) -> None:
    site = start_site()
    eventually(lambda: len(site.worker_pids()) == 2, what="two workers")
    killed = site.worker_pids()[0]
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: killed not in site.worker_pids() and len(site.worker_pids()) == 2, what="a new worker")
    assert httpx.get(f"{site.url}/nothing-is-here", timeout=30).status_code == 404


def test_a_stopped_site_leaves_no_process(start_site: Callable[..., LiveSite]) -> None:
    site = start_site()
    workers = site.worker_pids()
    site.stop()
    assert workers
    eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers), what="the end of the workers")
