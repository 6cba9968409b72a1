"""Whether those to whom something short-lived was handed are still signed in: asked outside Django's requests, many at once.

Viewing tokens name whom they were made for by the public id of a browser, a client or an API key (`Here`), and are checked
without a query. What ends a sign-in must end what was handed to it, too.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from psycopg import AsyncConnection

_STANDING: Final = """
SELECT held.public_id
  FROM (SELECT public_id, user_id FROM accounts_sign_in
         WHERE public_id = ANY(%(asked)s) AND alive_until > %(now)s
        UNION ALL
        SELECT public_id, user_id FROM accounts_apikey
         WHERE public_id = ANY(%(asked)s) AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > %(now)s)) held
  JOIN accounts_user ON accounts_user.id = held.user_id AND accounts_user.is_active
"""


async def still_signed_in(
    connection: AsyncConnection[tuple[Any, ...]], asked: Sequence[str], *, now: datetime
) -> frozenset[str]:
    """Those of the public ids in `asked` that sign an active user in at `now`, in one query."""
    cursor = await connection.execute(_STANDING, {"asked": list(asked), "now": now})
    return frozenset(public_id for (public_id,) in await cursor.fetchall())
