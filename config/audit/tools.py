"""Where the tools are that come through npm (`make audit` installs them), and what they need."""

import shutil
from pathlib import Path
from typing import Final

from config.tests.browser import chromium

NODE_MODULES: Final = Path(__file__).resolve().parent / "node_modules"
CHECKER: Final = NODE_MODULES / "vnu-jar/build/dist/vnu.jar"


def missing_browser() -> list[str]:
    """A sentence when there is no browser."""
    return [] if chromium.path() else ["Chromium is missing. On Debian and Ubuntu: apt install chromium"]


def missing() -> list[str]:
    """A sentence for each thing that is not there."""
    needs = {
        "Java 17 or newer is missing; the Nu HTML checker runs on it. "
        "On Debian and Ubuntu: apt install default-jre-headless": shutil.which("java"),
        "Node.js is missing; Lighthouse runs on it. On Debian and Ubuntu: apt install nodejs npm": shutil.which("node"),
        "The tools are not installed: make audit": CHECKER.exists(),
    }
    return missing_browser() + [sentence for sentence, there in needs.items() if not there]
