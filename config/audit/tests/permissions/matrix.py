"""Asks every address, in every way it can be asked, as everybody."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from config.audit.addresses import Address, is_model_page, known
from config.audit.tests.permissions.bodies import operations, smallest_body
from config.audit.tests.permissions.cast import Night, Who
from config.lib import redis

API: Final = "api/v1/"
_PLACEHOLDER: Final = re.compile(r"<(?:[\w-]+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")


class May(StrEnum):
    """What an answer says about who asked."""

    YES = "✓"
    SIGN_IN = "→"
    NO = "✗"
    HIDDEN = "·"


_REFUSED: Final = {401: May.SIGN_IN, 403: May.NO, 404: May.HIDDEN}
_SHOW_WHO_YOU_ARE: Final = ("/accounts/login/", "/accounts/confirm/", "/admin/login/")
_OUTAGES: Final = {429, 500, 503}


@dataclass(frozen=True)
class Way:
    """One way to ask an address."""

    address: Address
    verb: str

    @property
    def placeholders(self) -> list[str]:
        return [plain or in_expression for plain, in_expression in _PLACEHOLDER.findall(self.address.route)]

    @property
    def path(self) -> str:
        """As people read it: `/api/v1/events/{event_id}`."""
        found = _PLACEHOLDER.sub(lambda match: f"{{{match[1] or match[2]}}}", self.address.route)
        return "/" + found.replace("^", "").replace("$", "").replace("\\Z", "")

    @property
    def is_about_a_night(self) -> bool:
        return bool({"event_id", "slug", "pk"} & set(self.placeholders)) and "artist-pages" not in self.address.name

    def filled(self, night: Night) -> str:
        samples = night.samples() | night.samples_of(self.address.name)
        return reverse(self.address.name, kwargs={name: samples[name] for name in self.placeholders})


@dataclass(frozen=True)
class Row:
    """Who may, of a way to ask. `night` says which kind of event it was asked about, "" where that makes no difference."""

    path: str
    verb: str
    night: str
    answers: dict[Who, May | None]

    def who(self, *wanted: May) -> set[Who]:
        return {who for who, may in self.answers.items() if may in wanted}


def ways(addresses: Iterable[Address]) -> Iterator[Way]:
    """What the API's document names, and for a page looking at it and posting to it."""
    for address in addresses:
        verbs = operations(Way(address, "GET").path) if address.route.startswith(API) else ("GET", "POST")
        yield from (Way(address, verb) for verb in verbs)


def is_asked(address: Address) -> bool:
    """Not what exists in development only, what is asked by no name, or the pages the console has for each model."""
    return bool(address.name) and not address.route.startswith("dev/") and not is_model_page(address.name)


def asked(nights: dict[str, Night], people: dict[Who, User | None]) -> Iterator[Row]:
    """The whole matrix, in the order of the addresses."""
    sessions = {who: _session(user) for who, user in people.items()}
    for way in ways(address for address in known() if is_asked(address)):
        found = {kind: _answers(way, night, sessions) for kind, night in nights.items() if _matters(way, kind)}
        if None not in found["public"].values():
            yield from _rows(way, found)


def _matters(way: Way, kind: str) -> bool:
    return way.is_about_a_night or kind == "public"


def _rows(way: Way, found: dict[str, Any]) -> Iterator[Row]:
    alike = len({tuple(answers.items()) for answers in found.values()}) == 1
    for kind, answers in found.items():
        yield Row(way.path, way.verb, "" if alike else kind, answers)
        if alike:
            return


def _session(user: User | None) -> str:
    """The cookie of somebody who is signed in, "" of nobody."""
    if user is None:
        return ""
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _answers(way: Way, night: Night, sessions: dict[Who, str]) -> dict[Who, May | None]:
    path = way.filled(night)
    return {who: _answer(way, path, session) for who, session in sessions.items()}


def _answer(way: Way, path: str, session: str) -> May | None:
    """None where the address does not answer this verb. What an answer changes is undone."""
    redis.sync_client().flushdb()
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    with transaction.atomic():
        response = client.generic(way.verb, path, **_body(way))
        transaction.set_rollback(True)
    assert response.status_code not in _OUTAGES, (way.verb, path, response.status_code)
    if response.status_code == 405:
        return None
    if response.status_code == 302 and response["Location"].startswith(_SHOW_WHO_YOU_ARE):
        return May.SIGN_IN
    return _REFUSED.get(response.status_code, May.YES)


def _body(way: Way) -> dict[str, Any]:
    if not way.address.route.startswith(API):
        return {"content_type": "application/x-www-form-urlencoded"}
    body = smallest_body(operations(way.path)[way.verb])
    return {"data": json.dumps(body), "content_type": "application/json"}
