"""The database as the migrations left it, after tests that commit."""

from typing import Final

import psycopg
from django.db import OperationalError, connection, transaction

# Filled by the migrations, one row for each model and permission; no test changes them.
_KEPT: Final = {"django_content_type", "auth_permission"}
_ATTEMPTS: Final = 5


def empty_tables() -> None:
    """Empties all tables but those the migrations fill.

    Django's `flush` empties those as well and fills them again, which takes three times as long as all the rest. Emptying
    locks the tables one after the other, while the site of the session may be reading several of them: a deadlock is no
    fault of the test, so it is tried again.
    """
    names = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - _KEPT
    statement = _past_its_guards(f"TRUNCATE {', '.join(connection.ops.quote_name(name) for name in sorted(names))}")
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        except OperationalError as error:
            if not isinstance(error.__cause__, psycopg.errors.DeadlockDetected) or attempt == _ATTEMPTS:
                raise
        else:
            return


def _past_its_guards(statement: str) -> str:
    """The statement, with the triggers switched off that let nobody empty what is append-only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE '%\\_never\\_emptied'")
        guards = cursor.fetchall()
    off = [f"ALTER TABLE {table} DISABLE TRIGGER {guard}" for table, guard in guards]
    on = [f"ALTER TABLE {table} ENABLE TRIGGER {guard}" for table, guard in guards]
    return "; ".join([*off, statement, *on])
