"""The API against its own document: schemathesis sends what the document allows and what it forbids, to the real site.

Nothing may answer 500, nor with a status, a type, a header or a shape that the document does not name.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import PASSWORD, confirm_email
from artists.tests.factories import ArtistFactory
from config.tests.live_server import LiveSite
from events.tests.factories import EventFactory

CHECKS = ",".join(
    f"{name}_conformance" for name in ("status_code", "content_type", "response_headers", "response_schema")
)
NO_END = "stream$"  # a stream has none
SIGNS_OUT = "logout$"  # ends the session everything else needs; its own tests are in accounts


def config(folder: Path, token: str, event_id: str, artist_id: str) -> Path:
    """A configuration with ids of rows that exist, so that more than the 404s is met."""
    path = folder / "schemathesis.toml"
    path.write_text(
        f"""
headers = {{ Authorization = "Bearer {token}" }}
[parameters]
"path.event_id" = "{event_id}"
"path.artist_id" = "{artist_id}"
"path.number" = 1
"""
    )
    return path


@pytest.mark.django_db(transaction=True)
def test_no_answer_is_a_fault_or_undocumented(
    start_site: Callable[..., LiveSite], organizer: User, tmp_path: Path
) -> None:
    generous = {f"LIMIT_{name.upper()}": "1000000/60" for name in settings.LIMITS}
    # A provider of mail, or sign-up would be unavailable; no worker runs, so nothing is handed to it.
    site = start_site(workers=1, EMAIL_PROVIDER_BACKEND="anymail.backends.postmark.EmailBackend", **generous)
    confirm_email(organizer)
    event = EventFactory.create(owner=organizer, live=True, ends_at=timezone.now() + timedelta(hours=5))
    login = {"email": organizer.email, "password": PASSWORD}
    token = httpx.post(f"{site.url}/api/v1/auth/login", json=login).json()["data"]["access"]
    artist = ArtistFactory.create()

    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        *("--config-file", str(config(tmp_path, token, event.public_id, artist.public_id))),
        *("run", f"{site.url}/api/schema/", "--checks", f"not_a_server_error,{CHECKS}"),
        *(
            "--exclude-path-regex",
            f"{NO_END}|{SIGNS_OUT}",
            "--phases",
            "coverage,fuzzing",
            "--max-examples",
            "5",
            "--workers",
            "2",
        ),
    ]
    found = subprocess.run(command, cwd=tmp_path, env=os.environ, capture_output=True, text=True, check=False)

    assert found.returncode == 0, found.stdout[-8_000:] + site.log()[-4_000:]
