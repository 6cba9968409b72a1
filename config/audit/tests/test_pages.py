"""The list of pages is whole: every address is visited, or left out for a reason; every page opens, in ten queries at most."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from config.audit.addresses import Address, is_model_page, known
from config.audit.pages import LEFT_OUT, LEFT_OUT_BELOW, VISITED, Kind, Page, forgotten, pages, reason_of, visit_of
from config.tests.emptying import empty_tables

MOST_QUERIES = 10
PUBLIC = [page for page in pages() if page.kind is Kind.PUBLIC]


def test_every_address_is_visited_or_left_out_for_a_reason() -> None:
    assert forgotten(known()) == []


def test_an_address_that_nobody_thought_of_is_caught() -> None:
    new = [Address("event-pages:new", "events/new/"), Address("", "nameless/"), Address("admin:new", "admin/new/")]
    assert forgotten(new) == ["event-pages:new", "nameless/", "admin:new"]


def test_the_list_names_no_address_that_is_gone() -> None:
    names, routes = {address.name for address in known()}, [address.route for address in known()]
    assert set(VISITED) | set(LEFT_OUT) <= names
    assert [below for below in LEFT_OUT_BELOW if not any(route.startswith(below) for route in routes)] == []


def test_no_address_is_both_visited_and_left_out() -> None:
    assert [address for address in known() if visit_of(address) and reason_of(address)] == []


def test_the_pages_that_the_console_has_for_each_model_are_visited() -> None:
    assert is_model_page("admin:events_event_change")
    assert not is_model_page("admin:password_change")
    assert not is_model_page("events_event_change")


def test_no_two_pages_have_the_same_name() -> None:
    names = [page.name for page in pages()]
    assert len(names) == len(set(names))


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demo, loaded once: it votes over connections of its own, so its rows are committed and deleted at the end."""
    with django_db_blocker.unblock():
        call_command("demo", yes_really=True, verbosity=0)
    yield
    with django_db_blocker.unblock():
        empty_tables()


@pytest.mark.parametrize("page", PUBLIC, ids=lambda page: page.name)
def test_a_page_opens_in_ten_queries_at_most(demo: None, db: None, page: Page) -> None:
    client = Client()
    if user := page.visitor.user():
        client.force_login(user)
    path = page.path()
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    assert response.status_code == 200 or page.is_stale
    assert len(queries) <= MOST_QUERIES, "\n".join(query["sql"] for query in queries)
