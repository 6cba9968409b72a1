"""`python -m config.embedded exec`: a command with real servers behind it, and nothing afterwards."""

import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from config.tests.embedded.conftest import Place, end, eventually, processes_of

NewPlace = Callable[..., Place]

_PING = f"{sys.executable} -c \"import os, redis; print(redis.from_url(os.environ['REDIS_URL']).ping())\""


@pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)])
def test_the_exit_code_is_the_commands(place: Place, script: str, code: int) -> None:
    assert place.shell(script)[0] == code


def test_the_command_has_both_servers(place: Place, psql: str) -> None:
    code, said = place.shell(
        f"{psql} \"SELECT current_user || '@' || current_database()\" 'CREATE EXTENSION btree_gist' "
        "'SHOW server_encoding' 'SELECT usesuper FROM pg_user WHERE usename = current_user' 'SHOW listen_addresses' "
        f"'SHOW fsync' && {_PING}"
    )
    assert (code, said.splitlines()) == (0, ["fanfare@fanfare", "UTF8", "False", "", "on", "True"])
    assert place.nothing_left()


def test_data_is_kept_from_one_command_to_the_next(place: Place, psql: str) -> None:
    place.shell(f"{psql} 'CREATE TABLE kept AS SELECT 42 AS answer'")
    assert place.shell(f"{psql} 'SELECT answer FROM kept'") == (0, "42\n")


def test_a_command_that_cannot_be_run_is_named(place: Place) -> None:
    assert place.call("exec", "--", "no-such-program") == (
        1,
        "no-such-program cannot be run: No such file or directory.\n",
    )
    assert place.nothing_left()


def test_options_of_the_command_are_left_alone(place: Place) -> None:
    assert place.call("exec", "--", "echo", "--throwaway", "--", "x") == (0, "--throwaway -- x\n")


def test_a_second_command_uses_the_servers_of_the_first(place: Place, psql: str) -> None:
    first = place.start("exec", "--", "sh", "-c", "echo up; exec sleep 600")
    assert first.stdout is not None
    assert first.stdout.readline() == "up\n"
    mine = (place.data / "postgres" / "postmaster.pid").read_text()
    assert place.shell(f"{psql} 'SELECT 1'") == (0, "1\n")
    assert (place.data / "postgres" / "postmaster.pid").read_text() == mine
    end(first)
    assert place.nothing_left()


def test_the_first_command_waits_for_the_second_before_it_stops_the_servers(place: Place, psql: str) -> None:
    first = place.start("exec", "--", "sh", "-c", 'echo up; read nothing < "$0"', str(fifo := place.data.parent / "go"))
    os.mkfifo(fifo)
    assert first.stdout is not None
    assert first.stdout.readline() == "up\n"
    second = place.start(
        "exec", "--", "sh", "-c", f"echo up; read nothing < {place.data.parent / 'go2'}; {psql} 'SELECT 5'"
    )
    os.mkfifo(place.data.parent / "go2")
    assert second.stdout is not None
    assert second.stdout.readline() == "up\n"
    fifo.write_text("\n")
    assert "stay up for another command" in first.stdout.readline()
    (place.data.parent / "go2").write_text("\n")
    assert second.communicate(timeout=90)[0] == "5\n"
    assert first.wait(timeout=90) == 0
    assert place.nothing_left()


def test_two_data_folders_at_once(new_place: NewPlace, psql: str) -> None:
    one, other = new_place(), new_place()
    running = one.start("exec", "--", "sh", "-c", f"{psql} 'CREATE TABLE one ()'; echo up; exec sleep 600")
    assert running.stdout is not None
    assert running.stdout.readline() == "up\n"
    assert other.shell(f"{psql} \"SELECT to_regclass('one') IS NULL\"") == (0, "True\n")
    assert other.nothing_left()
    assert processes_of(one.data)
    end(running)
    assert one.nothing_left()


def test_addresses_from_outside_start_nothing(new_place: NewPlace) -> None:
    place = new_place(DATABASE_URL="postgresql://elsewhere/it", REDIS_URL="redis://elsewhere")
    assert place.shell("echo $DATABASE_URL $REDIS_URL") == (0, "postgresql://elsewhere/it redis://elsewhere\n")
    assert not (place.data / "postgres").exists()
    assert list(place.data.glob("sockets/*")) == []


def test_an_address_for_one_server_starts_the_other(new_place: NewPlace) -> None:
    place = new_place(DATABASE_URL="postgresql://elsewhere/it")
    assert place.shell(_PING) == (0, "True\n")
    assert not (place.data / "postgres").exists()


def test_throwaway_servers_are_deleted_and_stand_beside_the_others(place: Place, psql: str) -> None:
    script = f"{psql} 'SHOW fsync' \"SELECT to_regclass('kept') IS NULL\"; echo $FANFARE_DATA"
    place.shell(f"{psql} 'CREATE TABLE kept ()'")
    code, said = place.shell(script, "--throwaway")
    fsync, empty, folder = said.splitlines()
    assert (code, fsync, empty) == (0, "off", "True")
    assert not Path(folder).exists()
    assert place.shell(script, "--throwaway", "--durable")[1].startswith("on\nTrue\n")


def test_sigterm_ends_the_command_and_the_servers(place: Place) -> None:
    process = place.start("exec", "--", "sh", "-c", "echo up; exec sleep 600")
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    process.terminate()
    assert process.wait(timeout=90) == 128 + signal.SIGTERM
    assert place.nothing_left()


def test_a_killed_supervisor_leaves_nothing_and_locks_nothing(place: Place, psql: str) -> None:
    process = place.start(
        "exec", "--", "sh", "-c", f"{psql} 'CREATE TABLE kept AS SELECT 1 AS n'; echo up; exec sleep 600"
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    process.kill()
    # At once, while the servers may still be ending: the next command waits for them.
    assert place.shell(f"{psql} 'SELECT n FROM kept'")[1].endswith("1\n")
    assert place.nothing_left()


def test_a_killed_throwaway_is_deleted_too(place: Place) -> None:
    process = place.start("exec", "--throwaway", "--", "sh", "-c", "echo $FANFARE_DATA; exec sleep 600")
    assert process.stdout is not None
    folder = Path(process.stdout.readline().strip())
    assert folder.exists()
    process.kill()
    assert eventually(lambda: not folder.exists())
    assert eventually(lambda: processes_of(folder) == [])


def test_a_killed_postgresql_is_started_again_with_all_that_was_committed(place: Place, psql: str) -> None:
    process = place.start(
        "exec", "--", "sh", "-c", f"{psql} 'CREATE TABLE kept AS SELECT 6 AS n'; echo up; exec sleep 600"
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    server = int((place.data / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(server, signal.SIGKILL)
    assert "PostgreSQL server was ended by SIGKILL; it starts again" in process.stdout.readline()
    assert eventually(lambda: place.shell(f"{psql} 'SELECT n FROM kept'") == (0, "6\n"))


def test_a_long_path_moves_the_sockets(
    new_place: NewPlace, tmp_path_factory: pytest.TempPathFactory, psql: str
) -> None:
    data = tmp_path_factory.mktemp("long") / ("x" * 90) / "data"
    runtime = tmp_path_factory.mktemp("run")
    place = new_place(data, XDG_RUNTIME_DIR=str(runtime))
    code, said = place.shell(f"echo $DATABASE_URL; {psql} 'SELECT 1'")
    address, one = said.splitlines()
    sockets = unquote(urlsplit(address).netloc.removeprefix("fanfare@").removesuffix(":5432"))
    assert (code, one) == (0, "1")
    assert re.fullmatch(rf"{runtime}/fanfare-[0-9a-f]+", sockets)
    assert len(f"{sockets}/.s.PGSQL.5432") <= 107
    assert [folder.stat().st_mode & 0o777 for folder in runtime.iterdir()] == [0o700]


def test_a_folder_with_other_things_is_refused(new_place: NewPlace, tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("home")
    (home / "diary.txt").write_text("dear diary")
    code, said = new_place(home).shell("true")
    assert code == 1
    assert said == f"FANFARE_DATA is {home}, which holds other things. Name a new or an empty folder.\n"
    assert [item.name for item in home.iterdir()] == ["diary.txt"]


def test_data_of_another_version_of_postgresql_is_refused(place: Place) -> None:
    place.shell("true")
    version = place.data / "postgres" / "PG_VERSION"
    version.write_text("9\n")
    code, said = place.shell("true")
    assert code == 1
    assert "was written by PostgreSQL 9" in said
    assert place.nothing_left()


def test_the_sockets_are_for_their_owner_alone(place: Place) -> None:
    code, said = place.shell(
        "stat -c %a $FANFARE_DATA/sockets $FANFARE_DATA/sockets/valkey.sock $FANFARE_DATA/sockets/.s.PGSQL.5432"
    )
    assert (code, said.split()) == (0, ["700", "700", "700"])
