"""The matrix is what docs/permissions.md says, and holds what nobody may ever lose."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from config.audit.tests.permissions.belongings import give
from config.audit.tests.permissions.cast import Who, company, night
from config.audit.tests.permissions.matrix import API, May, Row, asked
from config.audit.tests.permissions.written import page_of
from config.tests.architecture.sources import PROJECT
from events.models import EventAccess

pytestmark = pytest.mark.django_db

PAGE = PROJECT / "docs" / "permissions.md"
NEW = PROJECT / "artefacts" / "permissions.md"
THE_NIGHTS_OWN = {Who.ATTENDEE, Who.PERFORMER, Who.DOOR, Who.MANAGER, Who.OWNER, Who.ADMIN}
OWN = (
    "/keys/{",
    "sessions/{",
    "uploads/{upload_id}",
    "copies/{",
    "exports/{",
    "passkeys/{",
    "/me/moderation/{",
    "/v1/decisions/{",
)
STRANGERS = set(Who) - THE_NIGHTS_OWN


@pytest.fixture(scope="module")
def matrix(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> list[Row]:
    """Asked once for all tests here, of rows that are gone afterwards."""
    unlimited = dict.fromkeys(settings.LIMITS, (1000000, 60))
    with django_db_blocker.unblock(), override_settings(LIMITS=unlimited), transaction.atomic():
        people = company()
        nights = {kind: night(people, EventAccess(kind)) for kind in ("public", "private")}
        give(nights["public"].event.owner, nights["public"].event)
        rows = list(asked(nights, people))
        transaction.set_rollback(True)
    return rows


def wrong(rows: list[Row], page: Path) -> str:
    """What to do about a page that says something else; "" where it says the same."""
    new = page_of(rows)
    if page.exists() and page.read_text() == new:
        return ""
    NEW.parent.mkdir(exist_ok=True)
    NEW.write_text(new)
    return f"Compare {page} with {NEW}: who may has changed. If that is meant, copy it."


def test_the_page_of_the_documentation_says_who_may(matrix: list[Row]) -> None:
    assert wrong(matrix, PAGE) == ""


def test_a_page_that_says_something_else_is_caught(matrix: list[Row], tmp_path: Path) -> None:
    page = tmp_path / "permissions.md"
    page.write_text(page_of(matrix[1:]))

    assert "Compare" in wrong(matrix, page)


def test_the_matrix_is_of_every_address(matrix: list[Row]) -> None:
    assert len(matrix) > 100
    assert {row.path for row in matrix} >= {"/", "/api/v1/events/{event_id}/publish", "/events/{slug}/vote/", "/me/"}


def test_strangers_learn_nothing_of_a_private_night(matrix: list[Row]) -> None:
    """Not even that it is there: whoever has nothing to do with it is told the same as of a night that does not exist."""
    private = [row for row in matrix if row.night == "private"]

    assert len(private) > 10
    assert {row.path: row.answers for row in private if row.who(May.YES, May.NO) & STRANGERS} == {}


def test_another_organizer_may_no_more_than_a_developer(matrix: list[Row]) -> None:
    """Of somebody else's night, that is; both may everything that anybody with an account may."""
    about_nights = [row for row in matrix if "{event_id}" in row.path or "/events/{" in row.path]
    more = [row for row in about_nights if Who.OUTSIDER in row.who(May.YES) and Who.DEVELOPER not in row.who(May.YES)]

    assert len(about_nights) > 20
    assert more == []


def test_an_admin_may_what_any_organizer_may(matrix: list[Row]) -> None:
    """All but what is somebody's own, and the ways of showing again who one is that only the organizer has set up."""
    less = [row for row in matrix if Who.OWNER in row.who(May.YES) and Who.ADMIN not in row.who(May.YES)]

    assert [row for row in less if not any(place in row.path for place in (*OWN, "/accounts/confirm/"))] == []


def test_what_is_an_admins_is_nobody_elses(matrix: list[Row]) -> None:
    administration = [row for row in matrix if row.path.startswith(f"/{API}admin/")]

    assert len(administration) > 10
    assert {
        row.path: row.who(May.YES, May.HIDDEN) for row in administration if row.who(May.YES, May.HIDDEN) - {Who.ADMIN}
    } == {}


@pytest.mark.parametrize("place", OWN)
def test_what_is_somebodys_own_is_nobody_elses(matrix: list[Row], place: str) -> None:
    """The organizer of the night has one of each; an admin is no exception."""
    own = [row for row in matrix if place in row.path]

    assert own
    assert {
        (row.path, row.verb): row.who(May.YES, May.NO) for row in own if row.who(May.YES, May.NO) - {Who.OWNER}
    } == {}


def test_nobody_is_signed_in_where_an_account_is_needed(matrix: list[Row]) -> None:
    own = [row for row in matrix if row.path.startswith(("/me/", "/admin/"))]

    assert {row.path for row in own if Who.NOBODY in row.who(May.YES)} <= {"/admin/login/", "/admin/logout/"}
