"""What is told about a night when it is over: results as the rules allow, how many came and voted. Nothing about a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final, Literal

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from config.lib.languages import own_names
from config.lib.numerals import written
from events.local_time import long_day
from events.models import Attendee, AttendeeStatus, Event, EventStatus, Slot
from voting.drawing import Drawn, drawn, go_through
from voting.leaderboard import Audience, Standings, rounds_held, withheld
from voting.models import Ballot, BallotChannel, BallotState, Tally

Stage = Literal["ahead", "over", "cancelled"]
Point = tuple[str | Promise, int]

_CHANNELS: Final = {
    BallotChannel.SMS: gettext_lazy("SMS"),
    BallotChannel.WEB: gettext_lazy("Web"),
    BallotChannel.API: gettext_lazy("App"),
}
_VOTED: Final = gettext_lazy("Voted")
_STAGES: Final[dict[str, Stage]] = {
    EventStatus.CLOSED: "over",
    EventStatus.ARCHIVED: "over",
    EventStatus.CANCELLED: "cancelled",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """One round. Where it may not be shown, `board` has no rows and says why."""

    number: int
    board: Drawn

    @property
    def counted(self) -> str:
        total = self.board.total
        return ngettext("%(count)s vote counted", "%(count)s votes counted", total) % {"count": written(total)}

    @property
    def cut_words(self) -> str:
        return go_through(self.board.cut)


@dataclass(frozen=True, kw_only=True, slots=True)
class RecapPage:
    """`results` begin with the last round. `way` leads from those who joined to those who voted."""

    event: Event
    stage: Stage
    day: str
    lineup: Sequence[str]
    results: Sequence[Result] = ()
    way: Sequence[Point] = ()
    channels: Sequence[Point] = ()

    @property
    def winners(self) -> list[str]:
        """Who won the last round: several after a dead heat, nobody while its result is withheld or without a vote."""
        if not self.results:
            return []
        return [row.artist for row in self.results[0].board.rows if row.place == 1 and row.votes]

    @property
    def won_by(self) -> str:
        """The winners in one line."""
        return " & ".join(self.winners)

    @property
    def won_with(self) -> str:
        board = self.results[0].board
        numbers = {"votes": written(board.rows[0].votes), "total": written(board.total)}
        return ngettext("with %(votes)s of %(total)s vote", "with %(votes)s of %(total)s votes", board.total) % numbers

    @property
    def address(self) -> str:
        return settings.PUBLIC_URL + reverse("voting-pages:recap", args=[self.event.slug])

    @property
    def languages(self) -> list[tuple[str, str, bool]]:
        """(code, the language's own name, whether it is in use)."""
        return [(code, name, code == get_language()) for code, name in own_names().items()]

    @property
    def way_summary(self) -> str:
        """What the picture shows, in a sentence: how many of those who joined came to the end of the way."""
        (_start, joined), (end, stayed) = self.way[0], self.way[-1]
        if not joined:
            return _("Nobody joined.")
        came_to_vote = _("%(count)s of the %(joined)s who joined voted.")
        words = came_to_vote if end == _VOTED else _("%(count)s of the %(joined)s who joined said yes.")
        return words % {"count": written(stayed), "joined": written(joined)}

    @property
    def channels_summary(self) -> str:
        """Which way most votes came."""
        way, most = max(self.channels, key=itemgetter(1))
        total = sum(votes for _way, votes in self.channels)
        words = ngettext("%(way)s: %(count)s of %(total)s vote.", "%(way)s: %(count)s of %(total)s votes.", total)
        return words % {"way": way, "count": written(most), "total": written(total)}


def recap_page_of(event: Event) -> RecapPage:
    """The page, the same for everybody who may see the event, in five queries once the night is over and one before."""
    stage = _STAGES.get(event.status, "ahead")
    lineup = [slot.artist.name for slot in Slot.objects.filter(event=event).on_the_ballot().in_order()]
    day = long_day(event.starts_at, event.venue.timezone)
    if stage != "over":
        return RecapPage(event=event, stage=stage, day=day, lineup=lineup)
    held = rounds_held(event.pk)
    return RecapPage(
        event=event,
        stage=stage,
        day=day,
        lineup=lineup,
        results=[_result(standings) for standings in reversed(held)],
        way=_way(event, held),
        channels=_channels(event, held),
    )


def _result(standings: Standings) -> Result:
    assert standings.round is not None, "a round that was held"
    return Result(number=standings.round.number, board=drawn(standings, audience=Audience.FAN))


def _shown(held: Sequence[Standings]) -> list[int]:
    """The numbers of the rounds whose figures anybody may know."""
    return [each.round.number for each in held if each.round and not withheld(each.round, Audience.FAN)]


def _way(event: Event, held: Sequence[Standings]) -> list[Point]:
    people = Attendee.objects.filter(event=event, merged_into=None)
    confirmed = Count("pk", filter=Q(status=AttendeeStatus.CONFIRMED))
    counted = people.aggregate(joined=Count("pk"), confirmed=confirmed)
    way: list[Point] = [(_("Joined"), counted["joined"]), (_("Confirmed"), counted["confirmed"])]
    if shown := _shown(held):
        ballots = Ballot.objects.filter(round__event=event, round__number__in=shown, state=BallotState.ACCEPTED)
        way.append((_VOTED, ballots.aggregate(voters=Count("attendee", distinct=True))["voters"]))
    return way


def _channels(event: Event, held: Sequence[Standings]) -> list[Point]:
    tallies = Tally.objects.filter(round__event=event, round__number__in=_shown(held))
    votes = dict(tallies.values_list("channel").annotate(votes=Sum("votes")).order_by())
    return [(label, votes[channel]) for channel, label in _CHANNELS.items() if votes.get(channel)]
