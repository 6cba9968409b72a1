"""Where somebody is signed in, for people to read: one list of browsers and apps."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django.db.models import QuerySet

from accounts.actors import Here
from accounts.devices import device_of
from accounts.models import SignIn, Through, User
from config.lib.pagination import page_or_first

ORDERING: Final = ("-last_seen_at", "-public_id")
_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A browser or an app. `device` is "Firefox on Android"; `address` is "" where none was seen."""

    public_id: str
    device: str
    is_app: bool
    is_here: bool
    address: str
    signed_in_at: datetime
    last_seen_at: datetime

    @property
    def heading(self) -> str:
        """The id of its heading in the page."""
        return f"device-{self.public_id}"


@dataclass(frozen=True, slots=True)
class SignInsPage:
    """The last seen first; `following` and `previous` are the addresses of the pages beside this one, "" at the ends."""

    lines: list[Line]
    has_others: bool
    following: str
    previous: str


def sign_ins_of(user: User, *, now: datetime) -> "QuerySet[SignIn]":
    """The browsers and clients that are signed in as `user`."""
    return SignIn.objects.filter(user=user, alive_until__gt=now, is_look=False)


def sign_ins_page(user: User, *, here: Here, now: datetime, cursor: str = "") -> SignInsPage:
    """One page of them, in one query; a cursor that is not one of ours begins at the first page."""
    page = page_or_first(sign_ins_of(user, now=now), ordering=ORDERING, cursor=cursor, limit=_AT_ONCE)
    lines = [_line(row, here) for row in page.rows]
    has_others = bool(page.next or page.previous) or any(not line.is_here for line in lines)
    return SignInsPage(lines, has_others, following=_page_at(page.next), previous=_page_at(page.previous))


def _page_at(cursor: str | None) -> str:
    return f"?{urlencode({'cursor': cursor})}" if cursor else ""


def _line(row: SignIn, here: Here) -> Line:
    return Line(
        public_id=row.public_id,
        device=str(device_of(row.user_agent)),
        is_app=row.kind == Through.CLIENT,
        is_here=row.public_id == here.public_id,
        address=row.address or "",
        signed_in_at=row.created_at,
        last_seen_at=row.last_seen_at,
    )
