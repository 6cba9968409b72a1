"""`/sitemap.xml`: what search engines are told of, and what they are not."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from artists.models import ArtistStatus
from artists.tests.factories import ArtistFactory
from events.sitemaps import EventSitemap
from events.tests.factories import EventFactory

pytestmark = pytest.mark.django_db
HOST = "http://testserver"


def addresses(client: Client, path: str) -> list[str]:
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml"
    assert response["Cache-Control"] == ("public, max-age=3600" if path == "/sitemap.xml" else "public, no-cache")
    return [found.removeprefix(HOST) for found in re.findall(r"<loc>([^<]+)</loc>", response.content.decode())]


def test_the_index_leads_to_all_parts(client: Client) -> None:
    assert addresses(client, "/sitemap.xml") == ["/sitemap-pages.xml", "/sitemap-events.xml", "/sitemap-artists.xml"]
    assert addresses(client, "/sitemap-pages.xml") == ["/", "/events/", "/artists/"]


def test_only_what_anyone_may_find_is_in_it(client: Client) -> None:
    EventFactory.create(published=True, slug="soon")
    EventFactory.create(archived=True, slug="over")
    EventFactory.create(slug="draft")
    EventFactory.create(published=True, slug="private", access="private")
    ArtistFactory.create(slug="ana")
    ArtistFactory.create(slug="gone", status=ArtistStatus.WITHDRAWN)
    assert addresses(client, "/sitemap-events.xml") == ["/events/soon/", "/events/over/"]
    assert addresses(client, "/sitemap-artists.xml") == ["/artists/ana/"]


def test_long_parts_have_pages(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EventSitemap, "limit", 2)
    EventFactory.create_batch(3, published=True)
    assert "/sitemap-events.xml?p=2" in addresses(client, "/sitemap.xml")
    pages = [addresses(client, f"/sitemap-events.xml?p={number}") for number in (1, 2)]
    assert [len(page) for page in pages] == [2, 1]
    assert client.get("/sitemap-events.xml?p=3").status_code == 404


@pytest.mark.parametrize("items", [1, 3])
def test_as_many_queries_for_three_as_for_one(
    client: Client, items: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    EventFactory.create_batch(items, published=True)
    with django_assert_num_queries(2):  # how many, and which
        client.get("/sitemap-events.xml")


def test_there_are_no_other_parts(client: Client) -> None:
    assert client.get("/sitemap-people.xml").status_code == 404
    assert client.post("/sitemap.xml").status_code == 405


def test_robots_are_told_where_it_is(client: Client) -> None:
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in client.get("/robots.txt").content.decode().splitlines()
