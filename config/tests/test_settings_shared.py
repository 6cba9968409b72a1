"""What an admin sets holds in every process within two seconds."""

from datetime import datetime
from time import monotonic

import httpx

from accounts.models import User
from accounts.services.platform_settings import put_platform_setting
from config.tests.fixtures import acting
from config.tests.live_server import LiveSite, eventually

WORDS = "The site is away from noon on"
ASKED = 12  # times in a row, each on a connection of its own: both workers have answered some


def says_everywhere(site: LiveSite, wanted: bool) -> bool:
    pages = [httpx.get(f"{site.url}/events/", timeout=30).text for _number in range(ASKED)]
    return all((WORDS in page) is wanted for page in pages)


def test_a_notice_reaches_both_workers_and_goes_again(live_site: LiveSite, admin_user: User, now: datetime) -> None:
    assert says_everywhere(live_site, wanted=False)
    for value, wanted in (({"en": WORDS}, True), (None, False)):
        put_platform_setting(
            actor=acting(admin_user), key="maintenance_notice", value=value, reason="Maintenance", now=now
        )
        began = monotonic()
        eventually(lambda wanted=wanted: says_everywhere(live_site, wanted=wanted), seconds=10, what="the same page")  # type: ignore[misc]  # bound now
        assert monotonic() - began < 4, "more than two seconds, and the asking"
