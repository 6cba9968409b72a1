from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.db import connections
from pytest_django import Settings

from messaging import inbound, providers
from messaging.providers import twilio_sms
from messaging.tests.texting import Webhook, webhook
from messaging.tests.twilio_server import ACCOUNT, TwilioServer, twilio_server


@pytest_asyncio.fixture
async def twilio(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Webhook]:
    """The text webhook, with nobody registered above messaging."""
    monkeypatch.setattr(inbound, "_handlers", [])
    async with webhook() as opened:
        yield opened
    await sync_to_async(connections.close_all)()  # those of the thread in which the test's own queries ran


@pytest.fixture
def _new_providers() -> Iterator[None]:
    """Providers are made once per process; a test with settings of its own wants its own."""
    providers._made.cache_clear()
    yield
    providers._made.cache_clear()


@pytest.fixture
def server(transactional_db: None, settings: Settings, _new_providers: None) -> Iterator[TwilioServer]:
    """Texts go to a local server that speaks Twilio's contract."""
    with twilio_server() as running:
        settings.SMS_PROVIDER = "twilio"
        settings.TWILIO_ACCOUNT_SID = ACCOUNT
        settings.TWILIO_API_URL = running.url
        yield running


@pytest.fixture
def how(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A way in which a creation goes wrong: a parameter given indirectly. A slow answer is given up on sooner than in earnest."""
    if request.param == "slow":
        monkeypatch.setattr(twilio_sms, "READ_SECONDS", 1.0)
    return str(request.param)
