"""How the rounds went that an artist was in, for the artist's page. Nothing that is withheld is in it (product.md D7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from artists.models import Artist
from config.lib.numerals import written
from events.models import Event
from voting.leaderboard import Audience, Contender, facts_of, ranked, withheld
from voting.models import Entry, Round, RoundStatus, Tally

_ROUNDS: Final = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class ArtistResult:
    """One round: the `rank` among `contenders`, the accepted `votes` as written, their `share` of all from 0 to 1."""

    night: str
    round: str
    href: str
    rank: int
    contenders: int
    votes: str
    share: float

    @property
    def place(self) -> str:
        """As `1 of 8`."""
        return _("%(rank)s of %(contenders)s") % {"rank": self.rank, "contenders": self.contenders}

    @property
    def percent(self) -> str:
        return _("%(number)s\u00a0%%") % {"number": written(round(self.share * 100))}


def artist_results(artist: Artist) -> list[ArtistResult]:
    """The last rounds that are over, that anyone may see, and in which somebody voted; latest first. Two queries."""
    over = Round.objects.filter(status__in=(RoundStatus.CLOSED, RoundStatus.REVEALED), entries__slot__artist=artist)
    over = over.filter(event__in=Event.objects.listed()).select_related("event").order_by("-opened_at", "-pk")
    shown = [round_ for round_ in over[:_ROUNDS] if not withheld(facts_of(round_, round_.event), Audience.FAN)]
    ballots = _ballots(shown)
    return [
        _result(round_, artist, ballots[round_.pk])
        for round_ in shown
        if any(contender.votes for contender in ballots[round_.pk])
    ]


def _ballots(rounds: Iterable[Round]) -> dict[int, list[Contender]]:
    """Who was on the ballot of each round (by its primary key), with their votes."""
    votes = Tally.objects.filter(entry=OuterRef("pk")).values("entry").annotate(votes=Sum("votes")).values("votes")
    entries = Entry.objects.filter(round__in=list(rounds)).select_related("slot__artist").order_by("round_id")
    counted = entries.annotate(counted=Coalesce(Subquery(votes), 0))
    return {
        round_id: [_contender(entry, entry.counted) for entry in group]
        for round_id, group in groupby(counted, key=lambda entry: entry.round_id)
    }


def _contender(entry: Entry, votes: int) -> Contender:
    artist = entry.slot.artist
    return Contender(artist.public_id, artist.name, artist.slug, entry.slot.ballot_number, votes)


def _result(round_: Round, artist: Artist, ballot: list[Contender]) -> ArtistResult:
    place = next(place for place in ranked(ballot) if place.contender.artist == artist.public_id)
    return ArtistResult(
        night=round_.event.title,
        round=round_.name,
        href=reverse("event-pages:event", args=[round_.event.slug]),
        rank=place.rank,
        contenders=len(ballot),
        votes=written(place.contender.votes),
        share=place.share,
    )
