"""A crowd of client processes at a night, and what they were told, held against what is stored."""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from config.tests.faults import client
from config.tests.live_server import LiveSite
from messaging.models import InboundMessage, Message
from messaging.tests.factories import PLATFORM_NUMBER
from messaging.tests.texting import signature
from voting import tokens
from voting.models import Ballot, BallotState
from voting.recount import differences
from voting.tests.night import Night

Request = dict[str, Any]


def vote_over_http(site: LiveSite, night: Night, attendee: int) -> Request:
    """A vote with a voting token of its own."""
    token = tokens.issue(
        attendee_id=night.attendees[attendee].pk,
        round_id=night.round.pk,
        expires_at=datetime.now(UTC) + timedelta(minutes=10),
    )
    artist = night.entries[attendee % len(night.entries)].slot.artist.public_id
    return {
        "name": f"http:{attendee}",
        "url": f"{site.url}/api/v1/events/{night.event.public_id}/vote",
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps({"round": night.round.number, "artist": artist, "token": token}),
    }


def vote_by_text(site: LiveSite, night: Night, attendee: int) -> Request:
    """A vote as Twilio hands it over, with a MessageSid of its own."""
    phone = night.attendees[attendee].phone
    assert phone
    url = f"{site.url}/sms/join"
    number = night.entries[attendee % len(night.entries)].slot.ballot_number
    fields = {"MessageSid": f"SM{attendee:032x}", "From": phone.value, "To": PLATFORM_NUMBER, "Body": str(number)}
    return {
        "name": f"text:{attendee}",
        "url": url,
        "headers": {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": signature(url, fields),
        },
        "body": urlencode(fields),
    }


def everybody_votes_twice(site: LiveSite, night: Night) -> list[list[Request]]:
    """One vote of each attendee, every second by text, each sent again as it was; for four clients."""
    lists: list[list[Request]] = [[], [], [], []]
    for attendee in range(len(night.attendees)):
        make = vote_by_text if attendee % 2 else vote_over_http
        request = make(site, night, attendee)
        lists[attendee // 2 % len(lists)] += [request, request]
    return lists


@dataclass
class Crowd:
    """Running clients. `told` has what each request was answered with, in order, as it stands on disk."""

    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def is_busy(self) -> bool:
        return any(process.poll() is None for process in self.processes)

    def wait(self) -> None:
        """Until every request was acknowledged."""
        assert [process.wait(300) for process in self.processes] == [0] * len(self.processes)

    def told(self) -> dict[str, list[tuple[int, str]]]:
        answers: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        for path in self.folder.glob("acknowledged-*"):
            for line in path.read_text().splitlines():
                said = json.loads(line)
                answers[said["name"]].append((said["status"], said["body"]))
        return answers


@contextmanager
def crowd(folder: Path, lists: list[list[Request]]) -> Iterator[Crowd]:
    """One client process per list of requests; those that still run at the end are ended."""
    made = Crowd(folder)
    for index, requests in enumerate(lists):
        todo, done = folder / f"requests-{index}", folder / f"acknowledged-{index}"
        todo.write_text("".join(json.dumps(request) + "\n" for request in requests))
        command = [sys.executable, client.__file__, str(todo), str(done)]
        made.processes.append(subprocess.Popen(command))
    try:
        yield made
    finally:
        for process in made.processes:
            process.kill()
            process.wait()


def _receipt(name: str, answer: tuple[int, str]) -> str:
    """The receipt an answer speaks of."""
    status, body = answer
    assert status in {200, 201}, answer
    if name.startswith("http:"):
        return str(json.loads(body)["data"]["receipt"])
    return body.partition("Receipt: ")[2].partition("<")[0]


def assert_told_is_stored(crowd: Crowd, night: Night) -> None:
    """Every acknowledgement is true, nobody was counted twice, and a repeat was told the same."""
    stored = dict(Ballot.objects.filter(state=BallotState.ACCEPTED).values_list("attendee_id", "receipt"))
    told = {name: [_receipt(name, answer) for answer in answers] for name, answers in crowd.told().items()}
    for name, receipts in told.items():
        attendee = night.attendees[int(name.partition(":")[2])]
        assert receipts == [stored[attendee.pk]] * len(receipts), name
    assert len(told) == len(stored) == night.accepted() == night.tallied()
    assert differences(night.round) == []
    texts = [answers for name, answers in crowd.told().items() if name.startswith("text:")]
    assert all(answer == answers[0] for answers in texts for answer in answers)
    assert InboundMessage.objects.count() == Message.objects.count() == len(texts)
