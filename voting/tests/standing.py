"""What tests of pages that show standings have in common: rounds that were held, with figures nobody could guess."""

from datetime import UTC, datetime
from typing import Any

from django.test import Client

from events.models import Event
from voting.models import BallotChannel, Entry, Round, RoundStatus, Tally
from voting.tests.factories import opened

FIGURES = (734_129, 295_741, 61_358)  # in ballot order; so long that no id or token is taken for one


def held(event: Event, status: str = RoundStatus.OPEN, *, results: str = "live", **fields: Any) -> Round:
    """A round in this status, on the event's line-up or three new artists; the first three have FIGURES votes."""
    made, entries = opened(event, vote_config={"results": results, **fields.pop("rules", {})}, **fields)
    for entry, votes in zip(entries, FIGURES, strict=False):
        count(entry, votes)
    changes = {"status": status, "closed_at": None if status == RoundStatus.OPEN else datetime.now(UTC)}
    Round.objects.filter(pk=made.pk).update(**changes)
    made.refresh_from_db()
    return made


def count(entry: Entry, votes: int, channel: str = BallotChannel.SMS) -> None:
    """The entry's tally on this channel, put straight into the table."""
    Tally.objects.create(round=entry.round, entry=entry, channel=channel, votes=votes)


def names(round_: Round) -> list[str]:
    """Who is on the ballot, in its order."""
    entries = round_.entries.select_related("slot__artist").order_by("slot__ballot_number")
    return [entry.slot.artist.name for entry in entries]


def read(client: Client, path: str, **headers: str) -> str:
    """The bytes of the page as text. Fails unless it answers 200."""
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def tells_figures(page: str) -> bool:
    """Whether any vote, lead or total of FIGURES is in these bytes, in any way of writing numbers."""
    digits = (
        page.replace(",", "")
        .replace(".", "")
        .replace("\N{NO-BREAK SPACE}", "")
        .replace("\N{NARROW NO-BREAK SPACE}", "")
    )
    return any(str(figure) in digits for figure in (*FIGURES, FIGURES[0] - FIGURES[1], sum(FIGURES)))
