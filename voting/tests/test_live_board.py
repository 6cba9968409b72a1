"""The live leaderboard through real sockets, two workers, PostgreSQL and Redis."""

import pytest

from config.tests.live_server import LiveSite
from voting.ballot_box import cast_sync
from voting.tests.board_client import watching
from voting.tests.night import make_night


@pytest.mark.django_db(transaction=True)
def test_a_viewer_gets_a_snapshot_and_then_every_change(live_site: LiveSite) -> None:
    night = make_night(attendees=3, artists=2)
    with watching(live_site, night.event) as viewer:
        snapshot = viewer.frame()
        assert (snapshot["type"], snapshot["round"], snapshot["total"]) == ("snapshot", 1, 0)
        cast_sync([night.vote(0, 1), night.vote(1, 1), night.vote(2, 0)])
        update = viewer.total(3)
        assert update["type"] == "update"
        assert [(row["votes"], row["share"], row["rank"]) for row in update["standings"]] == [
            (2, 0.6667, 1),
            (1, 0.3333, 2),
        ]
