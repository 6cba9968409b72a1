"""What moderation holds leaves every copy at once: sockets, streams, the board in Redis, ballots and texts."""

import asyncio
from datetime import UTC, datetime

import httpx
import pytest
from asgiref.sync import sync_to_async
from websockets.exceptions import ConnectionClosed

from accounts.actors import Here
from accounts.reportables import set_held
from config.lib.raw_connection import RawConnection
from config.tests.live_server import LiveSite, eventually
from events.models import Event
from voting import ballot_papers
from voting.ballot_box import cast_sync
from voting.ballot_papers import BallotPaper, BallotPapers
from voting.leaderboard import Audience
from voting.tests.board_client import watching
from voting.tests.night import make_night
from voting.viewing import viewing_token

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime.now(UTC)


def board(site: LiveSite, event: Event, audience: Audience | None = None) -> httpx.Response:
    token = viewing_token(event, audience, holder=Here(), now=datetime.now(UTC))[0] if audience else ""
    query = f"?viewing={token}" if token else ""
    return httpx.get(f"{site.url}/api/v1/events/{event.public_id}/leaderboard{query}", timeout=30)


def test_of_a_held_night_everybody_is_let_go_but_who_runs_it(live_site: LiveSite) -> None:
    night = make_night(attendees=1)
    cast_sync([night.vote()])
    etag = ""
    with watching(live_site, night.event) as viewer:
        viewer.total(1)
        etag = board(live_site, night.event).headers["etag"]
        set_held("events.event", night.event.public_id, NOW)
        with pytest.raises(ConnectionClosed):
            viewer.until(lambda _frame: False)
    assert board(live_site, night.event).status_code == 404
    address = f"{live_site.url}/api/v1/events/{night.event.public_id}/leaderboard"
    assert httpx.get(address, headers={"if-none-match": etag}, timeout=30).status_code == 404
    assert board(live_site, night.event, Audience.FAN).status_code == 404
    assert board(live_site, night.event, Audience.PROJECTOR).status_code == 404
    assert board(live_site, night.event, Audience.ORGANIZER).status_code == 200
    set_held("events.event", night.event.public_id, None)
    eventually(lambda: board(live_site, night.event).status_code == 200, what="the board to come back")


def test_a_held_artist_keeps_the_votes_and_loses_the_name(live_site: LiveSite) -> None:
    night = make_night(attendees=1)
    cast_sync([night.vote()])
    slot = night.entries[0].slot
    with watching(live_site, night.event) as viewer:
        viewer.total(1)
        set_held("artists.artist", slot.artist.public_id, NOW)
        frame = viewer.frame()
    row = next(row for row in frame["standings"] if row["ballot_number"] == slot.ballot_number)
    assert row["artist"] == {"id": slot.artist.public_id, "name": f"№ {slot.ballot_number}", "slug": ""}
    assert row["votes"] == 1
    assert slot.artist.name not in board(live_site, night.event).text


def test_ballot_papers_leave_out_whom_moderation_holds() -> None:
    night = make_night(attendees=1)
    held, round_id = night.entries[0].slot.artist, night.entries[0].round_id

    async def papers() -> list[BallotPaper | None]:
        """As they are read at first, with the artist held, with the event held."""
        connect = RawConnection("papers")
        try:
            found = [await BallotPapers(connect).of(round_id)]
            for label, public_id in (("artists.artist", held.public_id), ("events.event", night.event.public_id)):
                await sync_to_async(set_held)(label, public_id, NOW)
                found.append(await BallotPapers(connect).of(round_id))
            return found
        finally:
            await connect.close()

    whole, without, nothing = asyncio.run(papers())
    assert whole
    assert without
    assert held.public_id in whole.entries
    assert set(whole.entries) - set(without.entries) == {held.public_id}
    assert nothing is None


def test_a_ballot_paper_is_kept_for_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    night = make_night(attendees=1)
    round_id = night.entries[0].round_id

    async def read_again() -> list[bool]:
        """Whether the paper is another one a moment later, and after its time."""
        connect = RawConnection("papers")
        try:
            papers = BallotPapers(connect)
            first = await papers.of(round_id)
            at_once = await papers.of(round_id)
            monkeypatch.setattr(ballot_papers, "KEPT_SECONDS", 0.0)
            later = await papers.of(round_id)
            return [at_once is not first, later is not first]
        finally:
            await connect.close()

    assert asyncio.run(read_again()) == [False, True]
