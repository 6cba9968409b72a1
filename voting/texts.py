"""The words of texts about votes; one SMS segment each, where it can be.

The same few sentences answer a whole room, so they are kept by what is in them (owner: this module; lifetime: the process,
the oldest of 4,096 first; nothing can make one wrong).
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import override

from messaging.texts import render, shortened
from voting.ballot_papers import Line
from voting.receipts import Receipt
from voting.vote import (
    Answer,
    ArtistNotInRound,
    AttendeeNotConfirmed,
    EventNotLive,
    RoundClosed,
    Verdict,
)

_BALLOT_LENGTH: Final = 90
_RECEIPT: Final = "{receipt}"  # put in by the ballot box, which knows it


def answers(language: str, *, event: str, artist: str, ballot: Sequence[Line]) -> Mapping[str, Answer]:
    """What is answered to a vote for `artist` at `event`, by outcome; `artist` is "" for somebody who is not in the round."""
    return _answers(language, shortened(event), artist, _ballot(ballot))


@lru_cache(maxsize=4_096)
def _answers(language: str, event: str, artist: str, ballot: str) -> Mapping[str, Answer]:
    closed = Answer("round_closed", render("round_closed", language, event=event))
    accepted = render("vote_accepted", language, event=event, artist=artist, receipt=_RECEIPT)
    duplicate = render("vote_duplicate", language, event=event, receipt=_RECEIPT)
    return {
        Verdict.ACCEPTED.value: Answer("vote_accepted", accepted),
        Verdict.DUPLICATE.value: Answer("vote_duplicate", duplicate),
        AttendeeNotConfirmed.code: Answer("confirm_first", render("confirm_first", language, event=event)),
        EventNotLive.code: closed,
        RoundClosed.code: closed,
        ArtistNotInRound.code: Answer("artist_unknown", render("artist_unknown", language, event=event, ballot=ballot)),
    }


def receipt_found(language: str, code: str, receipt: Receipt) -> Answer:
    """Whether the ballot of this receipt is counted. Never what was voted."""
    with override(language):
        at = date_format(receipt.at, "TIME_FORMAT")
    text = render("receipt_found", language, receipt=code, counted=receipt.counted, round=receipt.round, at=at)
    return Answer("receipt_found", text)


def receipt_unknown(language: str) -> Answer:
    return Answer("receipt_unknown", render("receipt_unknown", language))


def _ballot(lines: Sequence[Line]) -> str:
    """The ballot with its numbers ("1 Ana, 2 Bo"), where it is short enough to say; else its first and last number."""
    said = ", ".join(f"{line.number} {line.name}" for line in lines)
    if len(said) <= _BALLOT_LENGTH or not lines:
        return said
    return f"{lines[0].number}-{lines[-1].number}"
