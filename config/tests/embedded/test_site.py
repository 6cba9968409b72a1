"""`python -m config.embedded run`, with a site of processes that need no Django."""

import http.client
import os
import re
import signal
import socket
import subprocess
from collections.abc import Callable

import pytest

from config.tests.embedded.conftest import Place, end, eventually, processes_of

_FAKE = "config.tests.embedded.fake_site"


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        number: int = probe.getsockname()[1]
        return number


def begin(place: Place, port: int) -> tuple[subprocess.Popen[str], str]:
    """Starts the fake site and returns once it has greeted, with all it said until then."""
    process = place.start(str(port), module=_FAKE)
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if line.startswith("The fake stands"):
            break
    assert "The fake stands" in said, said
    return process, said


def healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def log(place: Place, name: str) -> str:
    return (place.data / "logs" / f"{name}.log").read_text()


def process_named(place: Place, words: str) -> int:
    """The number of the one process of the place whose command line has these words."""
    [found] = [line for line in processes_of(place.data) if words in line.replace("\0", " ")]
    return int(found.split()[0])


def test_a_site_starts_and_ctrl_c_stops_all_of_it_in_order(place: Place, port: int) -> None:
    process, said = begin(place, port)
    assert "prepared" in said
    assert healthy(port)
    line = f" with metrics in {place.data}/metrics\n"
    assert eventually(lambda: all(name + line in log(place, name) for name in ("web", "worker", "beat")))
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=90)
    assert process.returncode == 0
    assert said.splitlines()[-1] == "Stopped. The data is kept."
    assert (place.data / "order").read_text().split() == ["web", "worker", "beat"]
    assert "database system is shut down" in log(place, "postgres").splitlines()[-1]
    assert place.nothing_left()


def test_ctrl_c_during_the_start_stops_what_stands(place: Place, port: int) -> None:
    process = place.start(str(port), "silence", module=_FAKE)
    assert eventually(lambda: (place.data / "logs" / "web.log").exists() and "silent web with" in log(place, "web"))
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=90)
    assert (process.returncode, said.splitlines()[-1]) == (0, "Stopped. The data is kept.")
    assert (place.data / "order").read_text() == "silent web\n"
    assert place.nothing_left()


def test_a_second_run_says_where_the_first_is(place: Place, port: int) -> None:
    process, _ = begin(place, port)
    code, said = place.call(str(port + 1), module=_FAKE)
    assert code == 0
    assert f"Fanfare is running already: http://127.0.0.1:{port}/" in said
    assert f"kill {process.pid}" in said
    assert healthy(port)
    end(process)


def test_clean_refuses_while_the_site_runs_and_deletes_afterwards(place: Place, port: int) -> None:
    process, _ = begin(place, port)
    code, said = place.call("clean")
    assert code == 1
    assert f"Fanfare is running: http://127.0.0.1:{port}/" in said
    assert healthy(port)
    end(process)
    assert place.call("clean") == (0, f"Deleted {place.data}.\n")
    assert not place.data.exists()
    assert place.call("clean") == (0, f"There is no data in {place.data}.\n")


def test_clean_refuses_while_a_command_uses_the_servers(place: Place) -> None:
    process = place.start("exec", "--", "sh", "-c", "echo up; exec sleep 600")
    assert process.stdout is not None
    process.stdout.readline()
    code, said = place.call("clean")
    assert (code, "A command is using PostgreSQL." in said) == (1, True)
    assert (place.data / "postgres").exists()
    end(process)


def test_a_killed_supervisor_leaves_nothing_and_the_next_run_starts_at_once(place: Place, port: int) -> None:
    process, _ = begin(place, port)
    process.kill()
    process.wait()
    again, said = begin(place, port)  # the port is still taken by what ends: it waits for that
    assert "A command was killed; waiting for its site to end…" in said
    assert healthy(port)
    again.kill()
    again.wait()
    code, said = place.call("clean")
    assert (code, said.splitlines()[-1]) == (0, f"Deleted {place.data}.")
    assert place.nothing_left()


def test_a_process_that_dies_is_started_again_and_the_others_go_on(place: Place, port: int) -> None:
    process, _ = begin(place, port)
    web, worker = process_named(place, "fake_process web"), process_named(place, "fake_process worker")
    stubborn = process_named(place, "SIG_IGN")
    os.kill(web, signal.SIGKILL)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("The web was ended by SIGKILL; it starts again in 0.5 s.")
    assert "web with metrics" in process.stdout.readline()
    assert eventually(lambda: healthy(port))
    assert process_named(place, "fake_process web") != web
    assert process_named(place, "SIG_IGN") != stubborn, "the child of the dead process lives on"
    assert process_named(place, "fake_process worker") == worker
    end(process)
    assert place.nothing_left()


def test_a_port_in_use_is_named_before_anything_starts(place: Place, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        code, said = place.call(str(port), module=_FAKE)
    assert (code, said) == (1, f"Port {port} is in use by another program. Try: PORT={port + 1} make run\n")
    assert not (place.data / "postgres").exists()


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("preparation", r"`-c raise SystemExit.*` failed; what it said stands above."),
        ("web", r"The web ended with code 1 at its start. Last lines of .*/logs/web.log:\n    the roof is on fire"),
    ],
)
def test_a_start_that_fails_says_why_and_leaves_nothing(place: Place, port: int, fault: str, sentence: str) -> None:
    code, said = place.call(str(port), fault, module=_FAKE)
    assert (code, "Traceback" in said) == (1, False)
    assert re.search(sentence, said)
    assert "the roof is on fire" in said
    assert place.nothing_left()


def test_a_site_takes_the_servers_over_when_their_command_is_killed(place: Place, port: int) -> None:
    owner = place.start("exec", "--", "sh", "-c", "echo up; exec sleep 600")
    assert owner.stdout is not None
    owner.stdout.readline()
    process, _ = begin(place, port)
    owner.kill()
    assert process.stdout is not None
    said = "".join(process.stdout.readline() for _ in range(2))
    assert "The command that ran PostgreSQL is gone. Started it again." in said
    assert healthy(port)
    end(process)
    assert place.nothing_left()


@pytest.mark.parametrize("words", ["x", "0", "70000", "80.5"])
def test_a_port_that_is_none_is_refused(new_place: Callable[..., Place], words: str) -> None:
    code, said = new_place(PORT=words).call("run")
    assert (code, said) == (1, f"PORT is {words!r}, which is not a number from 1 to 65535. Try: PORT=8001 make run\n")


def test_a_command_beside_the_site_knows_its_port_and_is_refused_without_it(place: Place, port: int) -> None:
    beside = ("exec", "--beside-site", "--", "sh", "-c", "echo $PORT")
    refusal = (1, "Fanfare is not running. Start it with `make run` in another terminal, and then this again.\n")
    assert place.call(*beside) == refusal
    process, _said = begin(place, port)
    assert place.call(*beside) == (0, f"{port}\n")
    end(process)
    assert place.call(*beside) == refusal
    assert place.nothing_left()
