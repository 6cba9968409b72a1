"""Taking a guard of the database away, for the control of a test."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models


@contextmanager
def without_constraints(model: type[models.Model], *names: str) -> Iterator[None]:
    """Inside the block the constraints of the model's table are gone; afterwards its rows are, and they are back."""
    guards = [constraint for constraint in model._meta.constraints if constraint.name in names]
    assert len(guards) == len(names)
    with connection.schema_editor() as editor:
        for guard in guards:
            editor.remove_constraint(model, guard)
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            editor.execute(f"TRUNCATE {model._meta.db_table}")
            for guard in guards:
                editor.add_constraint(model, guard)
