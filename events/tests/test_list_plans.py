"""The lists of events that people ask for are read by an index of their own, however many events there are."""

import pytest
from django.db import connection
from django.db.models import QuerySet

from events import directory
from events.models import Event

pytestmark = pytest.mark.django_db


def plan_of(rows: "QuerySet[Event]", *without: str) -> str:
    """How PostgreSQL reads them without these ways of reading: so few rows as a test's would be read by any."""
    with connection.cursor() as cursor:
        for way in without:
            cursor.execute(f"SET LOCAL enable_{way} = off")
    return rows.explain()


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (Event.objects.listed().filter(status__in=("closed", "archived")), "event_over"),
        (Event.objects.listed().filter(status="cancelled"), "event_called_off"),
    ],
    ids=["over", "called off"],
)
def test_latest_first(rows: "QuerySet[Event]", index: str) -> None:
    assert index in plan_of(rows.order_by("-starts_at", "-id")[:21], "seqscan", "sort")


@pytest.mark.parametrize("index", ["event_by_words", "venue_by_words", "venue_by_town", "artist_by_words"])
def test_words_are_looked_up_in_each_table_by_itself(index: str) -> None:
    found = directory.find(Event.objects.listed(), {"q": "harbour"})
    assert index in plan_of(found, "seqscan", "indexscan", "indexonlyscan")


def test_a_town_is_looked_up() -> None:
    found = directory.find(Event.objects.listed(), {"city": "Leeds"})
    assert "venue_by_town" in plan_of(found, "seqscan", "indexscan", "indexonlyscan")
