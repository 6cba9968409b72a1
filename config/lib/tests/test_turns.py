"""Requests that come at the same moment take turns."""

import asyncio

import pytest
from django.http import HttpRequest, HttpResponse
from pytest_django import Settings

from config.lib.turns import InTurn

pytestmark = pytest.mark.django_db  # each turn ends by giving the request's connection back


class Counter:
    """A site that is busy with each request until it is told to go on."""

    def __init__(self) -> None:
        self.busy = self.most = 0
        self.free = asyncio.Event()

    async def __call__(self, _request: HttpRequest) -> HttpResponse:
        self.busy += 1
        self.most = max(self.most, self.busy)
        await self.free.wait()
        self.busy -= 1
        return HttpResponse()


async def ask(site: InTurn, path: str = "/") -> object:
    request = HttpRequest()
    request.path = path
    answering = site(request)
    assert asyncio.iscoroutine(answering)
    return await answering


async def settled() -> None:
    for _turn in range(20):
        await asyncio.sleep(0)


@pytest.fixture
def turns(settings: Settings) -> int:
    """How many there are at a time: four connections are kept for others."""
    settings.DATABASE_POOL = {"max_size": 7}
    return 3


async def test_no_more_at_a_time_than_there_are_connections(turns: int) -> None:
    counter = Counter()
    site = InTurn(counter.__call__)
    asked = [asyncio.ensure_future(ask(site)) for _phone in range(20)]
    await settled()
    counter.free.set()
    answers = await asyncio.gather(*asked)

    assert counter.most == turns
    assert len(answers) == 20


async def test_whoever_watches_over_us_does_not_wait(turns: int) -> None:
    counter = Counter()
    site = InTurn(counter.__call__)
    asked = [asyncio.ensure_future(ask(site)) for _phone in range(20)]
    await settled()
    watching = asyncio.ensure_future(ask(site, "/health/live"))
    await settled()

    assert counter.busy == turns + 1
    counter.free.set()
    await asyncio.gather(watching, *asked)


async def test_a_visitor_who_left_is_not_answered(turns: int) -> None:
    counter = Counter()
    site = InTurn(counter.__call__)
    asked = [asyncio.ensure_future(ask(site)) for _phone in range(turns)]
    await settled()
    gone = asyncio.ensure_future(ask(site))
    await settled()
    gone.cancel()
    await asyncio.wait([gone])
    counter.free.set()
    await asyncio.gather(*asked)

    assert (counter.most, gone.cancelled()) == (turns, True)
