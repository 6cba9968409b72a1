"""What the crowd was told, and whether the database says the same."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Count, OuterRef, Subquery, Sum

from messaging.models import InboundMessage, Message
from voting.models import Ballot, BallotState, Round, Tally
from voting.sms import source_of

_CHUNK: Final = 1_000
_SILENCE: Final = "(silence)"


@dataclass
class Books:
    """Kept while the crowd is busy. `sids` are the MessageSids that were answered with 200."""

    sids: list[str] = field(default_factory=list)
    texts: Counter[int] = field(default_factory=Counter)  # by HTTP status
    unsigned: Counter[int] = field(default_factory=Counter)
    repeats: int = 0
    changed_answers: list[str] = field(default_factory=list)  # of texts that came again
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)  # what was asked of the API, and its answer
    receipts: set[str] = field(default_factory=set)  # of votes the API accepted
    failures: Counter[str] = field(default_factory=Counter)  # requests without an answer

    @property
    def requests(self) -> int:
        texts = self.texts.total() + self.unsigned.total() + self.repeats
        return texts + self.calls.total() + self.failures.total()


@dataclass(frozen=True)
class Audit:
    """What the database says about the crowd's requests. `replies`: how many texts got which reply, by its kind."""

    inbound: int
    replies: Counter[str]
    ballots_by_text: int
    ballots_by_receipt: int


def audit(books: Books) -> Audit:
    """Reads the rows of this crowd alone."""
    inbound: dict[str, int] = {}
    replies: Counter[str] = Counter()
    by_text = 0
    for sids in _chunks(books.sids):
        rows = dict(InboundMessage.objects.filter(provider_id__in=sids).values_list("provider_id", "pk"))
        inbound |= rows
        kinds = dict(
            Message.objects.filter(reply_to__in=rows.values(), state="answered").values_list("reply_to", "kind")
        )
        replies.update(kinds.get(pk, _SILENCE) for pk in rows.values())
        sources = [source_of(pk) for pk in rows.values()]
        by_text += Ballot.objects.filter(source__in=sources, state=BallotState.ACCEPTED).count()
    by_receipt = sum(
        Ballot.objects.filter(receipt__in=receipts, state=BallotState.ACCEPTED).count()
        for receipts in _chunks(sorted(books.receipts))
    )
    return Audit(len(inbound), replies, by_text, by_receipt)


def _chunks(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]


def contradictions(books: Books, found: Audit, round_id: int | None) -> Iterator[str]:
    """Sentences about whatever was answered and is not so. None is what must come out."""
    if found.inbound != len(books.sids):
        yield f"{len(books.sids)} texts were answered and {found.inbound} are stored."
    if (accepted := found.replies["vote_accepted"]) != found.ballots_by_text:
        yield f"{accepted} votes by text were accepted and {found.ballots_by_text} ballots are stored for them."
    if len(books.receipts) != found.ballots_by_receipt:
        yield f"{len(books.receipts)} votes by API were accepted and {found.ballots_by_receipt} are stored."
    if books.changed_answers:
        yield f"{len(books.changed_answers)} texts that came again got another answer than the first time."
    if round_id is not None:
        counted, tallied = counted_and_tallied(round_id)
        if counted != tallied:
            yield f"The round has {counted} accepted ballots and its tally adds up to {tallied}."


def counted_and_tallied(round_id: int) -> tuple[int, int]:
    """Accepted ballots of the round, and the sum of its tally, read in one statement as others may be voting."""
    accepted = Ballot.objects.filter(round=OuterRef("pk"), state=BallotState.ACCEPTED).order_by().values("round")
    tallies = Tally.objects.filter(round=OuterRef("pk")).order_by().values("round")
    row = (
        Round.objects.filter(pk=round_id)
        .annotate(
            counted=Subquery(accepted.annotate(number=Count("pk")).values("number")),
            tallied=Subquery(tallies.annotate(number=Sum("votes")).values("number")),
        )
        .values("counted", "tallied")
        .get()
    )
    return row["counted"] or 0, row["tallied"] or 0
