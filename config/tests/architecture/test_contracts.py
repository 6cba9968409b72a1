"""The import contracts hold, and each is broken once on purpose to see it caught."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.tests.architecture.sources import PACKAGES, PROJECT


def lint(project: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project's Python files, to be spoiled."""
    for package in PACKAGES:
        shutil.copytree(
            PROJECT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "node_modules")
        )
    shutil.copy(PROJECT / ".importlinter", tmp_path)
    return tmp_path


def test_the_contracts_hold(copy: Path) -> None:
    result = lint(copy)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("module", "planted", "contract"),
    [
        (
            "messaging/words.py",
            "from events.models import Event",
            "A module imports only from its own app or a lower one",
        ),
        ("events/links.py", "def late():\n    import voting.models", "A module imports only from its own app"),
        ("accounts/audit.py", "import config.celery", "A module imports only from its own app"),
        ("config/lib/errors.py", "import config.settings", "Inside config"),
        ("config/anything_new.py", "", "Inside config"),
        ("config/lib/limits.py", "from accounts.models import User", "config.lib imports nothing of ours"),
        ("events/sms.py", "import twilio.rest", "Only messaging speaks to providers"),
        ("messaging/views.py", "from messaging.providers import provider_for", "Providers are called from delivery"),
        ("accounts/services/profile.py", "from rest_framework import status", "Rules know no surface"),
        ("events/policies.py", "import events.services.events", "Inside events"),
        ("accounts/helpers.py", "", "Inside accounts"),
    ],
)
def test_a_broken_contract_is_caught(copy: Path, module: str, planted: str, contract: str) -> None:
    with (copy / module).open("a") as file:
        file.write(f"\n{planted}\n")

    result = lint(copy)

    assert result.returncode == 1
    broken = " ".join(result.stdout.partition("Broken contracts")[2].split())
    assert contract in broken
