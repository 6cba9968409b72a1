"""A board as bytes: the way through Redis, the frames that leave it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from voting.board import Board, Transport, unpacked
from voting.leaderboard import Audience

numbers = st.integers(min_value=0, max_value=2**53 - 1)
members = st.dictionaries(st.text(min_size=1), st.text() | st.integers(), min_size=1).map(
    lambda members: json.dumps({f"_{name}": value for name, value in members.items()}, ensure_ascii=False).encode()[
        1:-1
    ]
)
boards = st.builds(
    Board,
    event_id=numbers,
    event=st.text(),
    public=st.booleans(),
    round=st.none() | numbers,
    epoch=numbers,
    seq=numbers,
    interval_ms=numbers,
    bodies=st.fixed_dictionaries(dict.fromkeys(Audience, members)),
)


@given(boards)
def test_what_was_packed_is_unpacked(board: Board) -> None:
    assert unpacked(board.packed()) == board


@given(boards, st.sampled_from(Audience), st.booleans())
def test_a_frame_is_numbered_json_with_its_audiences_members(board: Board, audience: Audience, first: bool) -> None:
    frame = json.loads(board.frame(audience, first=first))
    numbered = {
        "type": "snapshot" if first else "update",
        "epoch": board.epoch,
        "seq": board.seq,
        "interval_ms": board.interval_ms,
    }
    assert frame == {**numbered, **json.loads(b"{%b}" % board.bodies[audience])}


@given(boards)
def test_the_same_frame_goes_over_both_transports(board: Board) -> None:
    frame = board.frame(Audience.FAN, first=False)
    socket = board.message(Audience.FAN, Transport.SOCKET, first=False)
    stream = board.message(Audience.FAN, Transport.STREAM, first=False)
    assert socket["text"].encode() == frame
    assert stream["body"] == b"id: %d.%d\ndata: %b\n\n" % (board.epoch, board.seq, frame)


@given(boards)
def test_every_viewer_of_an_audience_is_handed_the_same_message(board: Board) -> None:
    first, second = (board.message(Audience.FAN, Transport.SOCKET, first=True) for _viewer in range(2))
    assert first is second


def test_a_heartbeat_carries_the_number() -> None:
    board = Board(1, "e", public=True, round=1, epoch=7, seq=3, interval_ms=50, bodies={})
    assert json.loads(board.heartbeat(Transport.SOCKET)["text"]) == {"type": "heartbeat", "epoch": 7, "seq": 3}
    assert board.heartbeat(Transport.STREAM)["body"] == b": 7.3\n\n"
