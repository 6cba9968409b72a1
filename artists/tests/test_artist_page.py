"""`/artists/<slug>/`: who it is, for people and for search engines, and who may see it."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from artists.models import Artist, ArtistStatus
from artists.tests.factories import ArtistFactory

pytestmark = pytest.mark.django_db


def shown(client: Client, artist: Artist) -> str:
    response = client.get(f"/artists/{artist.slug}/")
    assert response.status_code == 200
    return response.content.decode()


def document(page: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        page.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    )
    return found


def test_it_says_who_it_is(client: Client) -> None:
    artist = ArtistFactory.create(name="Ana", bio="Plays.\n\n Loud. ", genres=["indie", "folk"], home="São Paulo")
    page = shown(client, artist)
    assert '<span class="visually-hidden">Ana</span>' in page
    assert '<p class="lede">Plays.</p>' in page
    assert "<p>Loud.</p>" in page
    for href in ("/artists/?genre=indie", "/artists/?genre=folk", "/artists/?home=S%C3%A3o+Paulo"):
        assert f'href="{href}"' in page


def test_it_has_a_picture_of_its_own(client: Client) -> None:
    pictures = {shown(client, artist).partition('<svg class="artwork"')[2].partition("</svg>")[0]
                for artist in ArtistFactory.create_batch(2)}  # fmt: skip
    assert len(pictures) == 2


def test_search_engines_and_cards_are_told(client: Client) -> None:
    artist = ArtistFactory.create(name="Ana", slug="ana", bio="Plays " + "loud " * 60, genres=["indie"], home="Berlin")
    page = shown(client, artist)
    address = "http://127.0.0.1:8000/artists/ana/"
    assert f'<link rel="canonical" href="{address}">' in page
    assert f'<meta property="og:url" content="{address}">' in page
    summary = page.partition('<meta name="description" content="')[2].partition('"')[0]
    assert summary.startswith("Plays loud")
    assert summary.endswith("loud…")
    assert len(summary) <= 200
    assert document(page) == {
        "@context": "https://schema.org",
        "@type": "MusicGroup",
        "@id": address,
        "url": address,
        "name": "Ana",
        "genre": ["indie"],
        "foundingLocation": {"@type": "Place", "name": "Berlin"},
        "description": artist.bio,
    }


def test_a_bare_profile_says_no_more_than_there_is(client: Client) -> None:
    page = shown(client, ArtistFactory.create(name="Ana", genres=[], home=""))
    assert set(document(page)) == {"@context", "@type", "@id", "url", "name"}
    assert 'content="Nights and results of Ana."' in page
    assert "No night announced" in page


def test_words_are_text(client: Client) -> None:
    hostile = "</script><b>Loud</b>"
    artist = ArtistFactory.create(name=hostile, slug="loud", bio=hostile, genres=[hostile], home=hostile)
    page = shown(client, artist)
    assert "<b>Loud" not in page
    assert document(page)["name"] == hostile


@pytest.mark.parametrize(
    ("who", "status"), [("", 404), ("fan", 404), ("outsider", 404), ("artist", 200), ("admin_user", 200)]
)
def test_whoever_withdrew_is_gone_for_the_public(
    client: Client, request: pytest.FixtureRequest, artist: User, who: str, status: int
) -> None:
    gone = ArtistFactory.create(status=ArtistStatus.WITHDRAWN, owner=artist)
    if who:
        client.force_login(request.getfixturevalue(who))
    response = client.get(f"/artists/{gone.slug}/")
    assert response.status_code == status
    if status == 200:
        assert '<meta name="robots" content="noindex">' in response.content.decode()
        assert "This page is withdrawn." in response.content.decode()


def test_nobody_is_under_other_names(client: Client) -> None:
    assert client.get("/artists/nobody/").status_code == 404


@pytest.mark.parametrize("verb", ["post", "put", "delete"])
def test_other_verbs_are_405(client: Client, verb: str) -> None:
    assert getattr(client, verb)(f"/artists/{ArtistFactory.create().slug}/").status_code == 405
