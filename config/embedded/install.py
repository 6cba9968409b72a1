"""Makes `.venv` and installs requirements-dev.txt into it. Run as `python3 -I config/embedded/install.py` by make.

Read by whatever `python3` is on the machine, however old, so that it can say so: nothing newer than Python 3.6 before that point.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
ENVIRONMENT = PROJECT / ".venv"
REQUIREMENTS = PROJECT / "requirements-dev.txt"
OLDEST = (3, 11)
NEEDED_MEGABYTES = 1500


def main() -> None:
    _use_a_python_new_enough()
    _check_what_is_needed()
    python = ENVIRONMENT / "bin" / "python"
    if not _works(python):
        print("Making the virtual environment .venv…", flush=True)
        _run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], "The virtual environment could not be made.")
    print("Installing requirements-dev.txt into .venv (a minute or two the first time)…", flush=True)
    if not (_install_uv(python) and _install_by_uv(python)):
        print("uv could not do it; trying pip, which takes longer…", flush=True)
        _run(
            [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", str(REQUIREMENTS)],
            "The packages could not be installed. Can this machine reach its package index? What was fetched is kept; "
            "run the same command again.",
        )


def _use_a_python_new_enough() -> None:
    """Goes on as a newer Python of this machine when the one that make found is too old."""
    if sys.version_info >= OLDEST:
        return
    for minor in range(20, OLDEST[1] - 1, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer and _works(Path(newer)):
            os.execv(newer, [newer, *sys.argv])  # noqa: S606 - the same program by another Python needs no shell
    sys.exit(
        f"Fanfare needs Python {OLDEST[0]}.{OLDEST[1]} or newer; {sys.executable} is {sys.version.split()[0]}. Install one, "
        "or name it: make PYTHON=/path/to/python3.12 run"
    )


def _check_what_is_needed() -> None:
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        sys.exit(
            f"{sys.executable} comes without {' and '.join(missing)}, which make the virtual environment. On Debian and "
            f"Ubuntu: apt install python3-venv (or python3.{sys.version_info[1]}-venv)"
        )
    free = shutil.disk_usage(PROJECT).free // 1_000_000
    if free < NEEDED_MEGABYTES:
        sys.exit(f"Only {free} MB are free where {PROJECT} lies; the packages need {NEEDED_MEGABYTES} MB.")


def _works(python: Path) -> bool:
    """Whether it runs and is new enough; an environment outlives an upgrade of the system's Python as a wreck."""
    test = f"import pip, sys; sys.exit(sys.version_info < {OLDEST})"
    try:
        return subprocess.call([str(python), "-c", test], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def _install_uv(python: Path) -> bool:
    """Installs the uv that requirements-dev.txt pins, by its hashes."""
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("uv=="))
    end = start + 1
    while end < len(lines) and lines[end].startswith(" "):
        end += 1
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as pin:
        pin.write("\n".join(lines[start:end]) + "\n")
        pin.flush()
        command = [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", pin.name]
        return subprocess.run(command, check=False).returncode == 0


def _install_by_uv(python: Path) -> bool:
    command = [str(python.with_name("uv")), "pip", "install", "--python", str(python)]
    if os.environ.get("PYTHONDONTWRITEBYTECODE"):
        # Python would not keep what it compiles, so every process would compile all packages again: starts of 3 s, not 1.
        command.append("--compile-bytecode")
    return subprocess.call([*command, "--require-hashes", "--requirement", str(REQUIREMENTS)]) == 0


def _run(command: "list[str]", sentence: str) -> None:
    if subprocess.run(command, check=False).returncode != 0:
        sys.exit(sentence)


if __name__ == "__main__":
    main()
