"""Public ids: Crockford's alphabet, their length, and enough of them."""

import re

import pytest

from accounts.models import User
from config.lib.public_ids import ALPHABET, LENGTH, PublicIdField, new_public_id


@pytest.mark.parametrize("length", [12, LENGTH, 20])
def test_an_id_has_its_length_and_only_letters_nobody_confuses(length: int) -> None:
    for _ in range(100):
        assert re.fullmatch(f"[{ALPHABET}]{{{length}}}", new_public_id(length))


def test_the_alphabet_is_crockfords() -> None:
    assert len(set(ALPHABET)) == 32
    assert not set("ilou") & set(ALPHABET)


def test_every_letter_is_used_in_every_place() -> None:
    ids = [new_public_id() for _ in range(2_000)]

    assert len(set(ids)) == len(ids)
    for place in range(LENGTH):
        assert {name[place] for name in ids} == set(ALPHABET)


def test_the_field_is_kept_in_migrations_by_its_length_alone() -> None:
    field = PublicIdField(length=12)
    _name, _path, args, kwargs = field.deconstruct()

    assert (args, kwargs) == ([], {"length": 12})
    assert field.clone().max_length == 12


@pytest.mark.django_db
def test_a_row_gets_its_id_by_itself() -> None:
    user = User.objects.create(email="fay@example.test")

    assert re.fullmatch(f"[{ALPHABET}]{{16}}", user.public_id)
