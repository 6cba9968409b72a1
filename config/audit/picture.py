"""The picture at the head of the README: the projector view, with a crowd voting."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from config.audit.looking import context
from config.audit.pages import Visitor
from config.audit.samples import live_night
from config.audit.site import Demo
from config.tests.browser.chromium import chromium

FILE: Final = Path(settings.BASE_DIR) / "docs/pictures/projector.jpg"
MOST_BYTES: Final = 300_000
_FANS, _RATE = 260, 60
_AMID: Final = re.compile(r"^(1[2-9]\d|[2-9]\d\d)$")  # votes: most have come, not everybody has voted
_PATIENCE_MS: Final = 180_000
_QUALITY: Final = 84


def take(demo: Demo) -> Path:
    """Sends a crowd to the demo night and photographs the screen in the room. Fails when the file is too large."""
    path = reverse("voting-pages:stage", args=[live_night()])
    url = demo.production.url
    command = [sys.executable, "manage.py", "crowd", f"--fans={_FANS}", f"--rate={_RATE}", "--seed=42", f"--url={url}"]
    with chromium() as browser, context(demo, browser, Visitor.ORGANIZER) as visit:
        screen = visit.new_page()
        screen.set_viewport_size({"width": 1920, "height": 1080})
        screen.emulate_media(color_scheme="dark")
        screen.goto(url + path)
        crowd = subprocess.Popen(command, cwd=settings.BASE_DIR, env={**os.environ, "DEBUG": "1"})
        try:
            expect(screen.locator(".total")).to_have_text(_AMID, timeout=_PATIENCE_MS)
            FILE.parent.mkdir(exist_ok=True)
            screen.screenshot(path=FILE, type="jpeg", quality=_QUALITY)
        finally:
            crowd.terminate()
            crowd.wait()
    size = FILE.stat().st_size
    if size > MOST_BYTES:
        raise SystemExit(f"{FILE} has {size} bytes, more than {MOST_BYTES}.")
    return FILE
