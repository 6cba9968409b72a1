from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.db import connections

from messaging import inbound, providers
from messaging.tests.texting import Webhook, webhook


@pytest_asyncio.fixture
async def twilio(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Webhook]:
    """The text webhook, with nobody registered above messaging."""
    monkeypatch.setattr(inbound, "_handlers", [])
    async with webhook() as opened:
        yield opened
    await sync_to_async(connections.close_all)()  # those of the thread in which the test's own queries ran


@pytest.fixture
def _new_providers() -> None:
    """Providers are made once per process; a test with settings of its own wants its own."""
    providers._made.cache_clear()
