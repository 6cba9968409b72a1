"""What the page of a live leaderboard shows, and what its module needs to keep it current."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.actors import Here
from config.lib.numerals import written
from events.listings import State, state_of
from events.local_time import clock_with_seconds
from events.models import Event, EventStatus
from events.querysets import OVER_STATUSES
from voting.drawing import Drawn, Phase, drawn, go_through, words
from voting.leaderboard import Audience, standings_now
from voting.viewing import opens_without_token, viewing_token

MODULES: Final = ("js/feed.js", "js/leaderboard.js", "js/countdown.js")  # what live.js imports
_RENEWED_AFTER: Final = 0.7  # of a viewing token's life
_WITHOUT_A_VOTE: Final[Mapping[str, str | Promise]] = {
    EventStatus.CLOSED: gettext_lazy("The night is over. There was no vote."),
    EventStatus.ARCHIVED: gettext_lazy("The night is over. There was no vote."),
    EventStatus.CANCELLED: gettext_lazy("This night was called off."),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class LivePage:
    """`feed` is for the module: where the frames come from, and the words to say them with."""

    event: Event
    state: State | None
    board: Drawn
    feed: Mapping[str, object]

    @property
    def modules(self) -> tuple[str, ...]:
        return MODULES

    @property
    def is_over(self) -> bool:
        return self.event.status in OVER_STATUSES

    @property
    def is_live(self) -> bool:
        return self.event.status == EventStatus.LIVE

    @property
    def said(self) -> str:
        """The phase in a sentence; of a night that is over nobody waits for the vote any more."""
        return words_at(self.event)[self.board.phase]

    @property
    def cut_words(self) -> str:
        return go_through(self.board.cut)

    @property
    def stamp(self) -> str:
        """When the standings were true, to the second, by the venue's clock."""
        return clock_with_seconds(self.board.as_of, self.event.venue.timezone)

    @property
    def total(self) -> str:
        return written(self.board.total)

    @property
    def clock_until(self) -> datetime:
        """What the clock counts down to; the clock is there, unseen, also while there is nothing to count."""
        return self.board.closes_at or self.board.as_of


def live_page_of(event: Event, *, audience: Audience, holder: Here, now: datetime) -> LivePage:
    """The page as this audience sees it, in one query. The event's venue must be loaded."""
    (standings,) = standings_now([event.pk])
    return LivePage(
        event=event,
        state=state_of(event, now=now),
        board=drawn(standings, audience=audience),
        feed=feed_of(event, audience=audience, holder=holder, now=now),
    )


def feed_of(event: Event, *, audience: Audience, holder: Here, now: datetime) -> dict[str, object]:
    """What a page's module needs: the event, a viewing token where one is needed, when to ask for the next, the words."""
    needs_none = opens_without_token(event, audience)
    token = "" if needs_none else viewing_token(event, audience, holder=holder, now=now)[0]
    return {
        "event": event.public_id,
        "status": event.status,
        "audience": audience,
        "viewing": token,
        "renew": round(settings.VIEWING_TOKEN_SECONDS * _RENEWED_AFTER) if token else 0,
        "zone": event.venue.timezone,
        "words": words_at(event),
    }


def words_at(event: Event) -> dict[str, str]:
    """What the page's module says at this event, in the reader's language."""
    unopened = _WITHOUT_A_VOTE.get(event.status)
    return {**words(), Phase.WAITING: str(unopened)} if unopened else words()
