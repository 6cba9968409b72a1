"""`/artists/`: everybody who plays, found by name, genre and home town, page by page."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from artists import roster
from artists.models import ArtistStatus
from artists.tests.factories import ArtistFactory

pytestmark = pytest.mark.django_db


def names(client: Client, address: str = "/artists/") -> list[str]:
    """Who stands there, in order."""
    response = client.get(address)
    assert response.status_code == 200
    return re.findall(r'<h3><a href="/artists/[\w-]+/">([^<]*)</a>', response.content.decode())


def summary(client: Client, address: str = "/artists/") -> str:
    page = client.get(address).content.decode()
    return page.partition('id="found-words" tabindex="-1">')[2].partition("<")[0]


def link(client: Client, address: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', client.get(address).content.decode())
    return found[1].replace("&amp;", "&") if found else ""


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Ana", "Bo", "Cleo"]),
        ("?q=AN", ["Ana"]),
        ("?genre=Soul", ["Ana"]),
        ("?home=ROME", ["Bo"]),
        ("?q=a&home=rome", []),
        ("?q=gone", []),
        ("?q=%00", ["Ana", "Bo", "Cleo"]),
        ("?q=%25", []),
    ],
)
def test_filters(client: Client, query: str, found: list[str]) -> None:
    ArtistFactory.create(name="Cleo")
    ArtistFactory.create(name="Bo", genres=["punk"], home="Rome")
    ArtistFactory.create(name="Ana", genres=["jazz", "soul"])
    ArtistFactory.create(name="Gone", status=ArtistStatus.WITHDRAWN)
    assert names(client, f"/artists/{query}") == found
    said = summary(client, f"/artists/{query}")
    assert said == {0: "No artist found", 1: "1 artist"}.get(len(found), f"{len(found)} artists")


def test_very_many_are_not_counted(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster, "_COUNTED", 2)
    ArtistFactory.create_batch(3)
    assert summary(client) == "More than 2 artists"


@pytest.mark.parametrize("who", ["", "fan", "artist", "outsider", "admin_user"])
def test_whoever_withdrew_is_shown_to_the_owner_alone(
    client: Client, request: pytest.FixtureRequest, artist: User, who: str
) -> None:
    ArtistFactory.create(name="Gone", status=ArtistStatus.WITHDRAWN, owner=artist)
    if who:
        client.force_login(request.getfixturevalue(who))
    assert names(client) == (["Gone"] if who in {"artist", "admin_user"} else [])


def test_what_was_asked_stays_in_the_form(client: Client) -> None:
    page = client.get("/artists/?q=%22loud%22&genre=punk&home=Leeds").content.decode()
    for value in ("&quot;loud&quot;", "punk", "Leeds"):
        assert f'value="{value}"' in page


def test_what_cannot_be_read_is_said_next_to_the_field(client: Client) -> None:
    page = client.get("/artists/", {"genre": "x" * 101}).content.decode()
    assert "One thing to mend." in page
    assert 'aria-invalid="true"' in page.partition('name="genre"')[2].partition(">")[0]


def test_nobody_found_offers_everybody(client: Client) -> None:
    page = " ".join(client.get("/artists/?q=nobody").content.decode().split())
    assert "Nobody by that name" in page
    assert '<a class="button button-plain" href="/artists/">' in page


def test_names_are_text(client: Client) -> None:
    ArtistFactory.create(name="<b>Loud</b>", genres=["<i>"], home="<u>")
    page = client.get("/artists/").content.decode()
    assert not {"<b>Loud", "<i>", "<u>"} & {tag for tag in ("<b>Loud", "<i>", "<u>") if tag in page}


def test_all_are_met_once_forward_and_back(client: Client) -> None:
    made = [ArtistFactory.create(name=f"A{number // 2:02}").name for number in range(50)]
    address, met = "/artists/?home=berlin", []
    while address:
        met += names(client, address)
        last, address = address, link(client, address, "next")
    assert met == made
    back: list[str] = []
    while last:
        back = names(client, last) + back
        last = link(client, last, "prev")
    assert back == made


def test_a_cursor_nobody_gave_out_starts_again(client: Client) -> None:
    assert client.get("/artists/?cursor=x&q=a")["Location"] == "/artists/?q=a"


def test_htmx_gets_the_part_that_changes_and_a_clean_address(client: Client) -> None:
    ArtistFactory.create_batch(25)
    page = client.get("/artists/?q=a").content.decode()
    response = client.get("/artists/?q=a&genre=&home=", headers={"HX-Request": "true", "HX-Trigger": "words"})
    part = response.content.decode().strip()
    cursor = re.compile('cursor=[^"]+')  # made anew each time
    assert part.startswith('<section class="found"')
    assert cursor.sub("", part) in cursor.sub("", page)
    assert response["HX-Replace-Url"] == "/artists/?q=a"
    assert "HX-Request" in response["Vary"]
    assert "HX-Request" in client.get("/artists/")["Vary"]


@pytest.mark.parametrize("verb", ["post", "put", "delete"])
def test_other_verbs_are_405(client: Client, verb: str) -> None:
    assert getattr(client, verb)("/artists/").status_code == 405


@pytest.mark.parametrize("items", [1, 3])
def test_as_many_queries_for_three_as_for_one(
    client: Client, fan: User, items: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ArtistFactory.create_batch(items)
    with django_assert_num_queries(2):  # the page, and how many there are
        client.get("/artists/?q=artist")
    client.force_login(fan)
    client.get("/artists/")
    with django_assert_num_queries(3):  # and who it is
        client.get("/artists/?q=artist")
