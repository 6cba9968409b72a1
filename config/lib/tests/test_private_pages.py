"""What is drawn for one visitor stays theirs."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/events/", "/artists/", "/votes/", "/votes/000000000000/"])
def test_no_cache_on_the_way_keeps_a_page_with_somebodys_token(client: Client, path: str) -> None:
    answer = client.get(path)

    assert answer.cookies
    assert answer["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(("path", "kept"), [("/sitemap.xml", "public, max-age=3600"), ("/robots.txt", None)])
def test_what_is_the_same_for_everybody_is_as_it_was(client: Client, path: str, kept: str | None) -> None:
    assert client.get(path).get("Cache-Control") == kept


def test_a_view_that_says_more_is_not_contradicted(client: Client) -> None:
    assert "no-store" in client.get("/accounts/login/")["Cache-Control"]
