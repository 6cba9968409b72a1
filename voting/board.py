"""A numbered leaderboard as bytes: encoded once, carried by Redis, handed to every socket, stream and GET as it is.

(epoch, seq) says which of two boards of an event is newer: the epoch rises whenever another process takes over or Redis
has lost its memory, the sequence with every change within an epoch.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from voting.leaderboard import Audience, Standings, encoded, withheld

Position = tuple[int, int]
UNNUMBERED: Final[Position] = (0, 0)
RETRY_MS: Final = 2_000  # how long an EventSource waits before it connects again


class Transport(StrEnum):
    """How a frame leaves the process."""

    SOCKET = "socket"
    STREAM = "stream"


@dataclass(frozen=True, slots=True)
class Board:
    """One event's board. `event` is the public id, `round` the number of its round, `bodies` the frames' members.

    What is `held` is for whoever runs the event.
    """

    event_id: int
    event: str
    public: bool
    round: int | None
    epoch: int
    seq: int
    interval_ms: int
    bodies: Mapping[Audience, bytes]
    held: bool = False
    _messages: dict[tuple[Audience, Transport, bool], dict[str, Any]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def is_for(self, audience: Audience) -> bool:
        """Whether this audience may look at all."""
        return not self.held or audience == Audience.ORGANIZER

    @property
    def position(self) -> Position:
        return self.epoch, self.seq

    def frame(self, audience: Audience, *, first: bool) -> bytes:
        """The whole frame as JSON: a "snapshot" when it is the `first` of its connection, an "update" afterwards."""
        kind = b"snapshot" if first else b"update"
        number = b'"epoch":%d,"seq":%d,"interval_ms":%d' % (self.epoch, self.seq, self.interval_ms)
        return b'{"type":"%b",%b,%b}' % (kind, number, self.bodies[audience])

    def message(self, audience: Audience, transport: Transport, *, first: bool) -> dict[str, Any]:
        """The frame as the ASGI message that sends it; the same object for every viewer, so nobody changes it."""
        key = (audience, transport, first)
        if key not in self._messages:
            self._messages[key] = _message(self.frame(audience, first=first), transport, self.position)
        return self._messages[key]

    def heartbeat(self, transport: Transport) -> dict[str, Any]:
        """Says that the connection lives and which frame is the newest, without repeating it."""
        if transport == Transport.STREAM:
            return {"type": "http.response.body", "body": b": %d.%d\n\n" % self.position, "more_body": True}
        beat = b'{"type":"heartbeat","epoch":%d,"seq":%d}' % self.position
        return _message(beat, transport, self.position)

    def packed(self) -> bytes:
        """For Redis: a line of JSON, then the distinct bodies one after the other."""
        distinct = list(dict.fromkeys(self.bodies.values()))
        head = {
            "event_id": self.event_id,
            "event": self.event,
            "public": self.public,
            "held": self.held,
            "round": self.round,
            "epoch": self.epoch,
            "seq": self.seq,
            "interval_ms": self.interval_ms,
            "lengths": [len(body) for body in distinct],
            "bodies": {audience: distinct.index(body) for audience, body in self.bodies.items()},
        }
        return b"\n".join((json.dumps(head).encode(), b"".join(distinct)))


def _message(frame: bytes, transport: Transport, position: Position) -> dict[str, Any]:
    if transport == Transport.SOCKET:
        return {"type": "websocket.send", "text": frame.decode()}
    event = b"id: %d.%d\ndata: %b\n\n" % (*position, frame)
    return {"type": "http.response.body", "body": event, "more_body": True}


def unpacked(packed: bytes) -> Board:
    """The reverse of `Board.packed`."""
    line, _newline, rest = packed.partition(b"\n")
    head = json.loads(line)
    distinct: list[bytes] = []
    for length in head.pop("lengths"):
        distinct.append(rest[:length])
        rest = rest[length:]
    bodies = {Audience(audience): distinct[index] for audience, index in head.pop("bodies").items()}
    return Board(**head, bodies=bodies)


def board_of(standings: Standings, *, position: Position, interval_ms: int) -> Board:
    """The standings encoded for each audience; audiences that may see the same share the same bytes."""
    hidden = {audience: withheld(standings.round, audience) for audience in Audience}
    views = {hide: encoded(standings, hidden=hide) for hide in set(hidden.values())}
    return Board(
        event_id=standings.event_id,
        event=standings.event,
        public=standings.public,
        round=standings.round.number if standings.round else None,
        epoch=position[0],
        seq=position[1],
        interval_ms=interval_ms,
        bodies={audience: views[hide] for audience, hide in hidden.items()},
        held=standings.held,
    )
