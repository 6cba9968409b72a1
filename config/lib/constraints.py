"""Database constraints and triggers that several models need, one helper per pattern."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.db import IntegrityError, migrations, models


def one_of(field: str, choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    """The column holds one of the choices, whatever writes to it."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": choices.values}), name=name)


_REFUSE = """
CREATE FUNCTION {table}_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN{erasure}
    RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_refuse_change();
CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse_change();
"""
_ERASURE = """
    IF TG_OP = 'UPDATE' AND NEW IS DISTINCT FROM OLD AND to_jsonb(NEW) - {columns} = to_jsonb(OLD) - {columns} AND {blanked} THEN
        RETURN NEW;
    END IF;"""
_ALLOW = """
DROP TRIGGER {table}_append_only ON {table};
DROP TRIGGER {table}_never_emptied ON {table};
DROP FUNCTION {table}_refuse_change();
"""


def append_only(table: str, *, erasable: Mapping[str, str] = MappingProxyType({})) -> Any:
    """A migration operation: rows of `table` can be inserted, and neither changed nor deleted, by any SQL.

    Columns in `erasable` may be blanked, which is how a person is forgotten: column → what it is blanked to, as SQL.
    """
    return migrations.RunSQL(_REFUSE.format(table=table, erasure=_erasure(erasable)), _ALLOW.format(table=table))


def _erasure(erasable: Mapping[str, str]) -> str:
    if not erasable:
        return ""
    columns = "ARRAY[" + ", ".join(f"'{name}'" for name in erasable) + "]"
    blanked = " AND ".join(
        f"(NEW.{name} IS NOT DISTINCT FROM {blank} OR NEW.{name} IS NOT DISTINCT FROM OLD.{name})"
        for name, blank in erasable.items()
    )
    return _ERASURE.format(columns=columns, blanked=blanked)


def broken_by(error: IntegrityError) -> str:
    """The name of the constraint that refused a statement; "" where the database names none."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
