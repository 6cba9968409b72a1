"""A viewing token ends with what its holder was signed in with: browser, client or key, on every way to look."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from django.test import Client

from accounts.models import ApiKey, BrowserSession, Ended, KeyEnded, RefreshFamily, User
from accounts.services.clients import open_client
from accounts.services.sessions import end_everything
from accounts.standing import still_signed_in
from accounts.tests.factories import UserFactory
from config.lib.errors import InvalidToken, Unavailable
from config.lib.raw_connection import RawConnection
from config.tests.fixtures import acting
from voting import holders
from voting.board import Transport
from voting.holders import Holders
from voting.hub import Hub, Viewer
from voting.leaderboard import Audience

pytestmark = pytest.mark.django_db(transaction=True)


def _browser(user: User) -> str:
    Client().force_login(user)
    return BrowserSession.objects.get(user=user).public_id


def _client(user: User) -> str:
    open_client(actor=acting(user), user=user, now=datetime.now(UTC))
    return RefreshFamily.objects.get(user=user).public_id


def _key(user: User) -> str:
    made = ApiKey.objects.create(user=user, name="k", digest=b"d", scopes=["events:read"], created_at=datetime.now(UTC))
    return made.public_id


def _sign_out(user: User) -> None:
    now = datetime.now(UTC)
    end_everything(user=user, because=Ended.SIGNED_OUT, now=now)
    ApiKey.objects.filter(user=user).end(because=KeyEnded.OWNER, now=now)


def _suspend(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


@asynccontextmanager
async def connected() -> AsyncIterator[RawConnection]:
    connection = RawConnection("tests")
    try:
        yield connection
    finally:
        await connection.close()


def standing(*asked: str) -> frozenset[str]:
    async def ask() -> frozenset[str]:
        async with connected() as connect, connect() as connection:
            return await still_signed_in(connection, asked, now=datetime.now(UTC))

    return asyncio.run(ask())


@pytest.mark.parametrize("end", [_sign_out, _suspend])
@pytest.mark.parametrize("sign_in", [_browser, _client, _key])
def test_what_ends_a_sign_in_ends_its_standing(sign_in: Callable[[User], str], end: Callable[[User], None]) -> None:
    user, other = UserFactory.create(), UserFactory.create()
    mine, theirs = sign_in(user), sign_in(other)
    assert standing(mine, theirs, "0" * 16) == {mine, theirs}
    end(user)
    assert standing(mine, theirs) == {theirs}


class Database:
    """Counts what is asked; answers by `good`; may be away."""

    def __init__(self) -> None:
        self.good: set[str] = {"a", "b"}
        self.asked: list[list[str]] = []
        self.away = False

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[Any]:
        if self.away:
            raise Unavailable
        yield self


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Database:
    async def answer(connection: Database, asked: list[str], *, now: datetime) -> frozenset[str]:
        connection.asked.append(list(asked))
        await asyncio.sleep(0)
        return frozenset(asked) & connection.good

    monkeypatch.setattr(holders, "still_signed_in", answer)
    return Database()


async def refused(held: Holders, holder: str) -> bool:
    try:
        await held.require(holder)
    except InvalidToken:
        return True
    return False


async def test_many_at_once_are_asked_about_together_and_then_not_for_a_while(database: Database) -> None:
    held = Holders(database)
    await asyncio.gather(*[held.require(name) for name in "ab" * 50])
    asked = len(database.asked)
    assert asked <= 2  # the first goes at once, the rest together
    await held.require("a")
    await held.require("")
    assert len(database.asked) == asked


async def test_who_is_gone_is_refused_when_asked_about_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Holders(database)
    assert not await refused(held, "a")
    database.good = set()
    assert await refused(held, "b")
    assert not await refused(held, "a")  # for two seconds more
    monkeypatch.setattr(holders, "ASKED_EVERY_SECONDS", 0.0)
    assert await refused(held, "a")


async def test_while_the_database_is_away_the_known_stay_and_strangers_wait(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Holders(database)
    await held.require("a")
    database.away = True
    monkeypatch.setattr(holders, "ASKED_EVERY_SECONDS", 0.0)
    await held.require("a")
    with pytest.raises(Unavailable):
        await held.require("b")
    with pytest.raises(Unavailable):
        await held.gone(["a"])


async def test_the_hub_lets_go_of_theirs_alone(database: Database) -> None:
    async def send(_message: dict[str, Any]) -> None: ...

    hub, left = Hub(), list[str]()
    for name, holder in (("one", "a"), ("two", "a"), ("three", "b"), ("fan", "")):
        end = partial(left.append, name)
        hub.enter(Viewer("night", Audience.FAN, Transport.SOCKET, send, end, holder=holder))
    assert sorted(hub.holders) == ["a", "b"]
    database.good = {"b"}
    hub.dismiss(await Holders(database).gone(hub.holders))
    assert (left, hub.holders) == (["one", "two"], ["b"])
    hub.dismiss({"a", "nobody"})
    assert left == ["one", "two"]
