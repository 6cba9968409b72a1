from collections.abc import AsyncIterator

import pytest_asyncio
from asgiref.sync import sync_to_async
from django.db import connections

from messaging.tests.texting import Webhook, webhook


@pytest_asyncio.fixture
async def phones(transactional_db: None) -> AsyncIterator[Webhook]:
    """The text webhook with everything that is registered, as phones meet it."""
    async with webhook() as opened:
        yield opened
    await sync_to_async(connections.close_all)()  # those of the thread in which the test's own queries ran
