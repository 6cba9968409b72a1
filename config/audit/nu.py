"""The Nu HTML checker on what the server sent, all pages in one go."""

import json
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from config.audit.tools import CHECKER


def errors(documents: Mapping[str, str]) -> dict[str, list[str]]:
    """`documents` is HTML by the page's name; returns what is wrong by the page's name."""
    with tempfile.TemporaryDirectory(prefix="fanfare-html-") as folder:
        for name, html in documents.items():
            (Path(folder) / f"{name}.html").write_text(html)
        command = ["java", "-jar", str(CHECKER), "--format", "json", "--stdout", "--exit-zero-always", folder]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found: defaultdict[str, list[str]] = defaultdict(list)
    for message in json.loads(said)["messages"]:
        if message["type"] != "info" or message.get("subType") == "warning":
            place = (
                f"line {message.get('lastLine')}: {message['message']} {' '.join(message.get('extract', '').split())}"
            )
            found[Path(message["url"]).stem].append(place)
    return dict(found)
