"""What the projector shows beside the live board: how the room joins, on paper that always scans."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.actors import Here
from config.lib import qr
from config.lib.phone_numbers import dialled
from events import links
from events.models import Event, EventAccess
from events.querysets import JOINABLE_STATUSES
from voting.drawing import Drawn, Phase, Row
from voting.leaderboard import Audience
from voting.live_page import LivePage, live_page_of

MOST_ROWS: Final = 10  # more would be smaller than what is read from the back of the room
_NAME: Final = (14, 26, 44)  # letters from which the name of a round is set smaller; the same as in the page's module
_LOOKED_AFTER: Final = 60  # seconds after which the screen asks whether the night itself has moved on

_KEYS: Final = (
    ("F", gettext_lazy("freezes the picture, and lets it go on")),
    ("B", gettext_lazy("blanks the screen, and brings it back")),
    ("H", gettext_lazy("shows these keys")),
    ("Esc", gettext_lazy("back to the live picture")),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Joining:
    """How the room gets in. With a keyword by text; without one through the page of the event."""

    lead: str
    keyword: str
    number: str
    code: SafeString
    code_label: str
    foot: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StagePage:
    live: LivePage
    joining: Joining

    @property
    def event(self) -> Event:
        return self.live.event

    @property
    def board(self) -> Drawn:
        return self.live.board

    @property
    def modules(self) -> tuple[str, ...]:
        return ("js/live.js", *self.live.modules)

    @property
    def keys(self) -> tuple[tuple[str, str | Promise], ...]:
        """What the keyboard of whoever runs the screen can do."""
        return _KEYS

    @property
    def rows(self) -> Sequence[Row]:
        """Those that can be read from the back. While people vote each carries the number to vote for it by text."""
        shown = self.board.rows[:MOST_ROWS]
        if self.board.phase == Phase.OVER:
            return shown
        return [replace(row, place=row.number) for row in shown]

    @property
    def name_fit(self) -> int:
        """How much smaller the name of the round is set than a short one, from 0 to 3."""
        return sum(len(self.board.name) > letters for letters in _NAME)

    @property
    def more(self) -> str:
        """How many artists the screen has no room for; "" for none."""
        left = len(self.board.ballot) - MOST_ROWS
        if left <= 0:
            return ""
        return ngettext("and %(count)s more on your phone", "and %(count)s more on your phone", left) % {"count": left}

    @property
    def feed(self) -> Mapping[str, object]:
        renew = min(_LOOKED_AFTER, round(settings.VIEWING_TOKEN_SECONDS / 2))
        return {**self.live.feed, "most": MOST_ROWS, "renew": renew}


def stage_page_of(event: Event, *, audience: Audience, holder: Here, now: datetime) -> StagePage:
    """The screen as this audience sees it, in one query. The event's venue and sender must be loaded."""
    return StagePage(live=live_page_of(event, audience=audience, holder=holder, now=now), joining=joining(event))


def joining(event: Event) -> Joining:
    """By text where anyone may join so; through the page of the event otherwise; to the recap once it is over."""
    if event.status in JOINABLE_STATUSES and event.access == EventAccess.PUBLIC and event.join_keyword and event.sender:
        return Joining(
            lead=_("Text this word"),
            keyword=event.join_keyword,
            number=dialled(event.sender.value),
            code=qr.drawn(qr.text_message(event.sender.value, event.join_keyword)),
            code_label=_("Scan to write the text"),
            foot=_("then vote by number"),
        )
    if event.status in JOINABLE_STATUSES:
        return _by_page(links.page_link(event), lead=_("Scan to join and vote"))
    recap = settings.PUBLIC_URL + reverse("voting-pages:recap", args=[event.slug])
    return _by_page(recap, lead=_("Scan to see every result"))


def _by_page(address: str, *, lead: str) -> Joining:
    return Joining(lead=lead, keyword="", number="", code=qr.drawn(address), code_label=lead, foot="")
