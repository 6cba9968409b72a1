"""Which language an Accept-Language header asks for, among ours."""

import pytest

from config.lib.languages import preferred


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("es", "es"),
        ("fr-CA", "fr"),
        ("de, fr;q=0.5, es;q=0.9", "es"),
        ("en;q=0.1, es;q=0.1", "en"),
        ("fr;q=0, es;q=0.1", "es"),
        ("*, fr;q=0.2", "fr"),
        ("ES-mx;Q=0.8", "es"),
        ("nonsense;;;", "en"),
        ("fr;q=high", "en"),
        ("x" * 10_000, "en"),
    ],
)
def test_the_best_of_ours_is_taken(header: str, language: str) -> None:
    assert preferred(header) == language
