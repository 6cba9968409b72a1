"""Lighthouse as a phone on a slow line, the median of three runs, on the pages that have a budget."""

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

from config.audit.report import Result
from config.audit.tools import NODE_MODULES
from config.tests.browser import chromium

CATEGORIES: Final = ("performance", "accessibility", "best-practices", "seo")
LEAST: Final = 95
RUNS: Final = 3
_SHOWN: Final = 0.9  # a check with less than this is named, when its category misses the mark


def scores(name: str, url: str, cookies: dict[str, str]) -> Result:
    """The four scores of 0 to 100 at `url`, seen with `cookies`."""
    reports = [_report(url, cookies) for _run in range(RUNS)]
    found = {
        category: median(round(100 * report["categories"][category]["score"]) for report in reports)
        for category in CATEGORIES
    }
    wrong = [
        f"{category} {score:g}, wanted {LEAST}: {', '.join(_lost(reports[-1], category))}"
        for category, score in found.items()
        if score < LEAST
    ]
    return Result(f"lighthouse {name}", " ".join(f"{score:g}" for score in found.values()), wrong)


def _lost(report: dict[str, Any], category: str) -> Sequence[str]:
    """The checks that cost points, with what they measured."""
    checks = [reference["id"] for reference in report["categories"][category]["auditRefs"] if reference["weight"]]
    found = ((check, report["audits"][check]) for check in checks)
    return [
        f"{check} {audit.get('displayValue', '')}".strip()
        for check, audit in found
        if audit["score"] is not None and audit["score"] < _SHOWN
    ]


def _report(url: str, cookies: dict[str, str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="fanfare-lighthouse-") as folder:
        output = Path(folder) / "report.json"
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
        command = [
            str(NODE_MODULES / ".bin/lighthouse"),
            url,
            "--quiet",
            "--output=json",
            f"--output-path={output}",
            f"--only-categories={','.join(CATEGORIES)}",
            f"--extra-headers={json.dumps(headers)}",
            f"--chrome-flags={' '.join(['--headless=new', *chromium.flags()])}",
        ]
        environment = {**os.environ, "CHROME_PATH": chromium.path() or ""}
        subprocess.run(command, check=True, env=environment, capture_output=True, timeout=180)
        report: dict[str, Any] = json.loads(output.read_text())
        return report
