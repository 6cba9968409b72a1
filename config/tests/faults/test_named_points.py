"""A web process dies at a point we chose: after the text is stored, after the ballot's commit, before the answer."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.tests.faults import crowd as crowds
from config.tests.faults.crowd import Request, assert_told_is_stored, crowd
from config.tests.live_server import LiveSite, eventually
from messaging.models import InboundMessage, Message
from voting.models import Ballot
from voting.tests.booths import Gate
from voting.tests.guards import without_constraints
from voting.tests.night import Night, make_night

pytestmark = pytest.mark.usefixtures("transactional_db")

StartSite = Callable[..., LiveSite]
Make = Callable[[LiveSite, Night, int], Request]
carriers = pytest.mark.parametrize("make", [crowds.vote_over_http, crowds.vote_by_text])


@pytest.fixture
def night(transactional_db: None) -> Night:
    return make_night()


@carriers
def test_killed_after_the_text_is_stored_and_before_its_ballot(
    night: Night, start_site: StartSite, tmp_path: Path, gate: Gate, make: Make
) -> None:
    """The batch is undone with its process; the same request, sent again, casts the vote."""
    site = start_site(workers=1)
    vote = make(site, night, 0)
    with crowd(tmp_path, [[vote, vote]]) as fans:
        gate.wait_for(1)
        site.kill()
        gate.kill_waiting()
        texts = 1 if make is crowds.vote_by_text else 0
        assert (InboundMessage.objects.count(), Message.objects.count(), Ballot.objects.count()) == (texts, 0, 0)
        assert fans.told() == {}
        gate.open()
        site.start()
        fans.wait()
    assert_told_is_stored(fans, night)


def kill_between_commit_and_answer(
    site: LiveSite, night: Night, folder: Path, gate: Gate, vote: Request
) -> crowds.Crowd:
    """The workers are stopped while their batch is under way; it commits, its answer is never read, they are killed."""
    with crowd(folder, [[vote, vote]]) as fans:
        gate.wait_for(1)
        for pid in site.worker_pids():
            os.kill(pid, signal.SIGSTOP)
        gate.open()
        eventually(lambda: night.accepted() == 1, what="the commit")
        assert fans.told() == {}
        site.kill()
        site.start()
        fans.wait()
    return fans


@carriers
def test_killed_after_the_ballots_commit_and_before_its_answer(
    night: Night, start_site: StartSite, tmp_path: Path, gate: Gate, make: Make
) -> None:
    """The vote is counted already; the same request, sent again, is told so."""
    site = start_site(workers=1)
    fans = kill_between_commit_and_answer(site, night, tmp_path, gate, make(site, night, 0))
    assert_told_is_stored(fans, night)


@pytest.fixture
def _no_unique_constraints(transactional_db: None) -> Iterator[None]:
    with without_constraints(Ballot, "ballot_one_standing_per_attendee", "ballot_source_once"):
        yield


@pytest.mark.usefixtures("_no_unique_constraints")
def test_without_the_unique_constraints_the_request_sent_again_is_a_second_vote(
    night: Night, start_site: StartSite, tmp_path: Path, gate: Gate
) -> None:
    """The control of the test above."""
    site = start_site(workers=1)
    vote = crowds.vote_over_http(site, night, 0)
    kill_between_commit_and_answer(site, night, tmp_path, gate, vote)
    assert night.accepted() > 1
