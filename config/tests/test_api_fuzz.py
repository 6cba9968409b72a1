"""The API against its own document: schemathesis sends what the document allows and what it forbids, to the real site.

Nothing may answer 500, nor with a status, a type, a header or a shape that the document does not name; whoever asks.
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

from accounts.models import Role, User
from accounts.policies import ROLE_SCOPES
from accounts.services.keys import create_key
from accounts.tests.factories import PASSWORD, UserFactory, confirm_email
from artists.tests.factories import ArtistFactory
from config.tests.fixtures import acting
from config.tests.live_server import LiveSite
from events.tests.factories import EventFactory

CHECKS = ",".join(
    f"{name}_conformance" for name in ("status_code", "content_type", "response_headers", "response_schema")
)
NO_END = "stream$"  # a stream has none
SIGNS_OUT = "logout$|auth/sessions$"  # end the session everything else needs; their own tests are in accounts
NOBODY, KEY = "nobody", "key"
THOROUGH = ("--phases", "coverage,fuzzing", "--max-examples", "5")
BRIEF = ("--phases", "fuzzing", "--max-examples", "2")
# Everything as the role that meets the least refusals, what is the admins' as an admin, and a look as everybody else.
RUNS = {
    Role.ORGANIZER: THOROUGH,
    Role.ADMIN: (*THOROUGH, "--include-path-regex", "/admin/"),
    **dict.fromkeys((NOBODY, Role.FAN, Role.DEVELOPER, KEY), BRIEF),
}


def config(folder: Path, token: str, event_id: str, artist_id: str) -> Path:
    """A configuration with ids of rows that exist, so that more than the 404s is met."""
    path = folder / "schemathesis.toml"
    signed_in = f'headers = {{ Authorization = "Bearer {token}" }}' if token else ""
    path.write_text(
        f"""
{signed_in}
[parameters]
"path.event_id" = "{event_id}"
"path.artist_id" = "{artist_id}"
"path.number" = 1
"""
    )
    return path


def token_of(who: str, user: User, site: LiveSite) -> str:
    """What `who` is signed in with, "" for nobody."""
    if who == NOBODY:
        return ""
    if who == KEY:
        scopes = sorted(ROLE_SCOPES[user.role])
        return create_key(actor=acting(user), name="Everything", scopes=scopes, now=timezone.now()).text
    login = {"email": user.email, "password": PASSWORD}
    return str(httpx.post(f"{site.url}/api/v1/auth/login", json=login).json()["data"]["access"])


@pytest.mark.parametrize("who", RUNS)
@pytest.mark.django_db(transaction=True)
def test_no_answer_is_a_fault_or_undocumented(start_site: Callable[..., LiveSite], who: str, tmp_path: Path) -> None:
    generous = {f"LIMIT_{name.upper()}": "1000000/60" for name in settings.LIMITS}
    # A provider of mail, or sign-up would be unavailable; no worker runs, so nothing is handed to it.
    site = start_site(workers=1, EMAIL_PROVIDER_BACKEND="anymail.backends.postmark.EmailBackend", **generous)
    user = confirm_email(UserFactory.create(role=who if who in Role.values else Role.ORGANIZER))
    event = EventFactory.create(owner=user, live=True, ends_at=timezone.now() + timedelta(hours=5))
    token = token_of(who, user, site)
    artist = ArtistFactory.create()

    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        *("--config-file", str(config(tmp_path, token, event.public_id, artist.public_id))),
        *("run", f"{site.url}/api/schema/", "--checks", f"not_a_server_error,{CHECKS}"),
        *("--exclude-path-regex", f"{NO_END}|{SIGNS_OUT}", "--workers", "2"),
        *RUNS[who],
    ]
    found = subprocess.run(command, cwd=tmp_path, env=os.environ, capture_output=True, text=True, check=False)

    assert found.returncode == 0, found.stdout[-8_000:] + site.log()[-4_000:]
    if token:
        profile = httpx.get(f"{site.url}/api/v1/auth/profile", headers={"Authorization": f"Bearer {token}"})
        assert profile.status_code == 200, "what it was signed in with has ended on the way, so most of it met 401"
