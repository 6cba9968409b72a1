"""As whom PostgreSQL runs: ordinary users as themselves, root by a user namespace or as nobody."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from config.embedded.binaries import find_postgres
from config.embedded.paths import PROJECT
from config.tests.embedded.conftest import Place

NewPlace = Callable[..., Place]

_OWNER = "stat -c %U $FANFARE_DATA/postgres; ps -o user= -p $(head -1 $FANFARE_DATA/postgres/postmaster.pid)"
_WITHOUT = (sys.executable, "-m", "config.tests.embedded.without_user_namespaces")

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can try what root meets")


def _unavailable() -> str:
    """Why user namespaces cannot be forbidden here for a test; empty when they can."""
    if os.geteuid() != 0:
        return "only root can try what root meets"
    tried = subprocess.run([*_WITHOUT, "true"], cwd=PROJECT, capture_output=True, text=True, check=False)
    return "" if tried.returncode == 0 else f"user namespaces cannot be forbidden here: {tried.stderr.strip()}"


@needs_root
def test_root_keeps_its_files(place: Place) -> None:
    assert place.shell(_OWNER) == (0, "root\nroot\n")


@pytest.mark.skipif(bool(_unavailable()), reason=_unavailable())
def test_root_without_user_namespaces_runs_it_as_nobody(place: Place, psql: str) -> None:
    place.data.parent.chmod(0o700)  # as /root is: nobody could not enter by itself
    place.prefix = _WITHOUT
    assert place.shell(_OWNER) == (0, "nobody\nnobody\n")
    place.shell(f"{psql} 'CREATE TABLE kept AS SELECT 3 AS n'")
    # The same data on a system that allows them, and back.
    place.prefix = ()
    assert place.shell(f"{psql} 'SELECT n FROM kept'; {_OWNER}") == (0, "3\nroot\nroot\n")
    place.prefix = _WITHOUT
    assert place.shell(f"{psql} 'SELECT n FROM kept'") == (0, "3\n")
    assert place.nothing_left()


@needs_root
def test_an_ordinary_user_runs_it_alone(place: Place) -> None:
    """With the system's Python, since root's own may lie where others cannot enter."""
    setpriv, python = shutil.which("setpriv"), "/usr/bin/python3"
    if setpriv is None:
        pytest.skip("setpriv, which changes the user, is missing")
    place.prefix = (setpriv, "--reuid=nobody", "--regid=nogroup", "--clear-groups")
    place.python = (python,)
    place.environment = {"PYTHONPATH": str(find_postgres().folder.parents[2])}
    able = subprocess.run(
        [*place.prefix, python, "-c", "import sys, config.embedded; sys.exit(sys.version_info < (3, 11))"],
        cwd=PROJECT,
        capture_output=True,
        check=False,
    )
    if able.returncode != 0:
        pytest.skip(f"nobody cannot run {python} 3.11 or newer in {PROJECT}")
    _let_nobody_in(place.data)
    code, said = place.shell(_OWNER)
    assert (code, said) == (0, "nobody\nnobody\n")
    assert place.nothing_left()


def _let_nobody_in(data: Path) -> None:
    for folder in (data.parent, data.parent.parent, data.parent.parent.parent):
        folder.chmod(0o755)
    shutil.chown(data.parent, "nobody")


@needs_root
def test_the_data_of_another_user_is_refused(place: Place) -> None:
    place.shell("true")
    shutil.chown(place.data, "nobody")
    code, said = place.shell("true")
    assert code == 1
    assert f"{place.data} belongs to another user" in said
