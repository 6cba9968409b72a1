"""Where a phone stands: the event it last joined and has not left, as whom, and the round that is open there.

Owned by the text handlers; read for all texts that wait at the same moment together.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from config.lib.batching import Batcher
from config.lib.raw_connection import RawConnection

BATCH_SIZE: Final = 500
QUEUE_SIZE: Final = 20_000

_READ = """
SELECT place.* FROM unnest(%s::bigint[]) WITH ORDINALITY AS phone (id, n)
LEFT JOIN LATERAL (
    SELECT person.id, person.status = 'confirmed', event.id, event.title, round.id
    FROM events_attendee AS joined
    JOIN events_attendee AS person ON person.id = COALESCE(joined.merged_into_id, joined.id)
    JOIN events_event AS event ON event.id = joined.event_id AND event.held_at IS NULL
    LEFT JOIN voting_round AS round ON round.event_id = event.id AND round.status = 'open' AND event.status = 'live'
    WHERE joined.phone_id = phone.id AND joined.joined_at IS NOT NULL AND person.status <> 'left'
    ORDER BY joined.joined_at DESC, joined.id DESC LIMIT 1
) AS place (attendee_id, confirmed, event_id, event_title, round_id) ON TRUE
ORDER BY phone.n"""
_LINE_UP = """
SELECT artist.name FROM events_slot AS slot JOIN artists_artist AS artist ON artist.id = slot.artist_id
WHERE slot.event_id = %s AND slot.invite_status NOT IN ('declined', 'withdrawn') AND artist.held_at IS NULL"""


class Place(NamedTuple):
    """A person at an event. `round_id` is the open round's; None without one."""

    attendee_id: int
    confirmed: bool
    event_id: int
    event_title: str
    round_id: int | None


class Whereabouts:
    """Belongs to one event loop."""

    def __init__(self, connect: RawConnection) -> None:
        self._connect = connect
        self._batches = Batcher[int, Place | None](self._read, batch_size=BATCH_SIZE, queue_size=QUEUE_SIZE)

    async def of(self, address_id: int) -> Place | None:
        """Where the phone with this address stands; None if it joined nothing, or left. Raises Unavailable."""
        return await self._batches.submit(address_id)

    async def line_up(self, event_id: int) -> list[str]:
        """The names of everyone on the event's ballot, whether they are in its open round or not. Raises Unavailable."""
        async with self._connect() as connection:
            rows = await (await connection.execute(_LINE_UP, [event_id])).fetchall()
        return [name for (name,) in rows]

    async def close(self) -> None:
        await self._batches.close()

    async def _read(self, address_ids: Sequence[int]) -> Sequence[Place | Exception | None]:
        async with self._connect() as connection:
            rows = await (await connection.execute(_READ, [list(address_ids)])).fetchall()
        return [Place(*row) if row[0] is not None else None for row in rows]
