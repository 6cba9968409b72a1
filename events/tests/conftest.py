import importlib
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.db import connections

from events import sms
from messaging import inbound
from messaging.tests.texting import Webhook, webhook


@pytest_asyncio.fixture
async def phones(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Webhook]:
    """The text webhook with what events registers, and nobody above."""
    monkeypatch.setattr(inbound, "_handlers", [])
    importlib.reload(sms)
    async with webhook() as opened:
        yield opened
    await sync_to_async(connections.close_all)()  # those of the thread in which the test's own queries ran
