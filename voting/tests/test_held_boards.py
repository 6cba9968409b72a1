"""What moderation holds leaves every copy at once: sockets, streams, the board in Redis, ballots and texts."""

from datetime import UTC, datetime

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from accounts.actors import Here
from accounts.reportables import set_held
from config.tests.live_server import LiveSite, eventually
from events.models import Event
from voting.ballot_box import cast_sync
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
