"""Django's own field validation, as a refusal: length, choices, validators of a row before it is stored."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import models

from config.lib.errors import Detail, ValidationError


def check_fields(row: models.Model, names: Iterable[str]) -> None:
    """Check these fields of the row. Raises ValidationError with a detail for everything that is wrong.

    Constraints are left to the database; relations to whoever chose the related row.
    """
    wanted = set(names)
    others = {field.name for field in row._meta.fields if field.name not in wanted or field.is_relation}
    try:
        row.clean_fields(exclude=others)
    except DjangoValidationError as error:
        raise ValidationError(details=list(_details(error))) from error


def _details(error: DjangoValidationError) -> Iterable[Detail]:
    for field, problems in error.error_dict.items():
        for problem in problems:
            yield Detail(field, problem.code or "invalid", " ".join(problem.messages))
