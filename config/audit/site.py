"""The demo, served twice on the same data: as production serves it, and with what only development has."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.audit.pages import Kind, Page, Visitor
from config.tests.live_server import LiveSite
from messaging.delivery import deliver_batch
from messaging.models import Lane


@dataclass(frozen=True)
class Demo:
    """Both sites, and the session of everybody who is signed in. Cookies know no port, so one fits both."""

    production: LiveSite
    development: LiveSite
    sessions: Mapping[Visitor, str]

    def url(self, page: Page) -> str:
        site = self.development if page.kind is Kind.LOCAL else self.production
        return site.url + page.path()

    def cookies(self, visitor: Visitor) -> dict[str, str]:
        return {settings.SESSION_COOKIE_NAME: self.sessions[visitor]} if visitor in self.sessions else {}


@contextmanager
def demo() -> Iterator[Demo]:
    """Both sites, filled and running, on the servers that DATABASE_URL and REDIS_URL name."""
    call_command("migrate", verbosity=0)
    call_command("demo", verbosity=0)
    _receive_a_mail()
    served = Demo(LiveSite(workers=1), LiveSite(workers=1, variables={"DEBUG": "1"}), _sessions())
    with ExitStack() as running:
        for site in (served.production, served.development):
            site.start()
            running.callback(site.kill)
        yield served


def _receive_a_mail() -> None:
    """The fan has forgotten the password."""
    user = Visitor.FAN.user()
    assert user
    Client(SERVER_NAME="127.0.0.1").post(reverse("account_reset_password"), {"email": user.email})
    deliver_batch(Lane.CRITICAL, now=timezone.now())


def _sessions() -> dict[Visitor, str]:
    sessions = {}
    for visitor in Visitor:
        if user := visitor.user():
            client = Client()
            client.force_login(user)
            sessions[visitor] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return sessions
