"""Database constraints and triggers that several models need, one helper per pattern."""

from typing import Any

from django.db import IntegrityError, migrations, models


def one_of(field: str, choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    """The column holds one of the choices, whatever writes to it."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": choices.values}), name=name)


_REFUSE = """
CREATE FUNCTION {table}_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_refuse_change();
"""
_ALLOW = """
DROP TRIGGER {table}_append_only ON {table};
DROP FUNCTION {table}_refuse_change();
"""


def append_only(table: str) -> Any:
    """A migration operation: rows of `table` can be inserted, and neither changed nor deleted, by any SQL."""
    return migrations.RunSQL(_REFUSE.format(table=table), _ALLOW.format(table=table))


def broken_by(error: IntegrityError) -> str:
    """The name of the constraint that refused a statement; "" where the database names none."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
