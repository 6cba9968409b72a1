"""Posting to the vote page as a browser does, in a web process of its own: casting needs one, and real transactions."""

import asyncio
from collections.abc import Mapping
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient

from accounts.models import User
from events.models import Attendee
from voting import process
from voting.links import vote_code
from voting.tests.night import Night
from voting.vote_page import VotePage


def personal(attendee: Attendee) -> str:
    """The path of the attendee's personal link."""
    return f"/v/{vote_code(attendee)}/"


def page_of(response: Any) -> VotePage:
    """What the template was given."""
    page = response.context["page"]
    assert isinstance(page, VotePage)
    return page


def post(path: str, *forms: Mapping[str, str], user: User | None = None, at_once: bool = False) -> list[Any]:
    """The answers to these forms, posted one after the other or all `at_once`."""
    return asyncio.run(_post(path, forms, user, at_once))


async def _post(path: str, forms: tuple[Mapping[str, str], ...], user: User | None, at_once: bool) -> list[Any]:
    client = AsyncClient()
    if user:
        await client.aforce_login(user)
    try:
        async with process.part():
            if at_once:
                return list(await asyncio.gather(*(client.post(path, form) for form in forms)))
            return [await client.post(path, form) for form in forms]
    finally:
        await sync_to_async(connections.close_all)()


def filled_in(token: str, choice: int | str = 1) -> dict[str, str]:
    """The form of the page, as a browser sends it."""
    return {"token": token, "choice": str(choice)}


def names(night: Night, *given: str) -> None:
    """Call the artists of the night by these names, in ballot order."""
    for slot, name in zip(night.event.lineup.order_by("ballot_number"), given, strict=True):
        slot.artist.name = name
        slot.artist.save()
