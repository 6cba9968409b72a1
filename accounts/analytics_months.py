"""The months of the analytics events: each is a partition, made before it begins and dropped when it has served its time.

What happens in a month without a partition lies in the partition `rest`, and moves when the month is made.
"""

import re
from datetime import UTC, datetime
from typing import Final

from django.db import connection, transaction
from psycopg import sql

_PARENT: Final = "accounts_analyticsevent"
_REST: Final = f"{_PARENT}_rest"
_NAME: Final = re.compile(rf"{_PARENT}_(\d{{4}})_(\d\d)")
_MAKE: Final = """
LOCK TABLE {parent} IN SHARE ROW EXCLUSIVE MODE;
CREATE TABLE {month} (LIKE {parent} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES);
WITH moved AS (DELETE FROM {rest} WHERE at >= {first} AND at < {next} RETURNING *) INSERT INTO {month} SELECT * FROM moved;
ALTER TABLE {parent} ATTACH PARTITION {month} FOR VALUES FROM ({first}) TO ({next});
"""


def month_of(moment: datetime) -> datetime:
    """When the month of `moment` began (UTC)."""
    return moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def next_month(first: datetime) -> datetime:
    return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)


def months() -> list[datetime]:
    """Those that have a partition, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass ORDER BY 1", [_PARENT]
        )
        names = [str(name) for (name,) in cursor.fetchall()]
    found = (_NAME.fullmatch(name) for name in names)
    return [datetime(int(match[1]), int(match[2]), 1, tzinfo=UTC) for match in found if match]


def make_months(*, now: datetime, ahead: int = 2) -> list[datetime]:
    """Make the partitions of this month and the next `ahead`, as far as they are missing; returns those."""
    there, month, made = set(months()), month_of(now), []
    for _each in range(1 + ahead):
        if month not in there:
            _make(month)
            made.append(month)
        month = next_month(month)
    return made


def drop_months(*, before: datetime) -> list[datetime]:
    """Drop every month that had ended by `before`; returns those."""
    old = [month for month in months() if next_month(month) <= before]
    for month in old:
        _run("DROP TABLE {month}", month)
    return old


@transaction.atomic
def _make(month: datetime) -> None:
    _run(_MAKE, month)


def _run(statement: str, month: datetime) -> None:
    names = {"parent": _PARENT, "rest": _REST, "month": f"{_PARENT}_{month:%Y_%m}"}
    values = {"first": month.isoformat(), "next": next_month(month).isoformat()}
    query = sql.SQL(statement).format(
        **{key: sql.Identifier(name) for key, name in names.items()},
        **{key: sql.Literal(value) for key, value in values.items()},
    )
    with connection.cursor() as cursor:
        cursor.execute(query.as_string())
