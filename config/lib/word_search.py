"""Finding rows by a part of a text, whatever its case: what Django's `icontains` and `iexact` ask, with an index."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.models.functions import Upper


def words_index(column: str, name: str) -> GinIndex:
    """For `icontains` of three letters and more, and `iexact` (https://www.postgresql.org/docs/18/pgtrgm.html).

    Django compares `UPPER(column)`, so that is what the index holds.
    """
    return GinIndex(OpClass(Upper(column), name="gin_trgm_ops"), name=name)
