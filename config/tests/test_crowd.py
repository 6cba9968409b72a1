"""The crowd command against a real site: it gets the answers of a real crowd, and would notice a lost vote."""

import contextlib
import io
import random

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection

from config.crowd.behaviour import texting
from config.crowd.books import Books, audit, contradictions
from config.crowd.report import progress
from config.crowd.scene import Contestant, Scene
from config.tests.live_server import LiveSite
from events.models import AttendeeStatus
from events.tests.factories import EventFactory, SenderFactory
from messaging.models import InboundMessage
from voting.models import Ballot, Round
from voting.tests.factories import opened


@pytest.fixture(autouse=True)
def _in_development(settings: LazySettings) -> None:
    settings.DEBUG = True


def crowd(**options: object) -> str:
    said = io.StringIO()
    call_command("crowd", stdout=said, **options)
    return said.getvalue()


@pytest.mark.django_db(transaction=True)
class TestTheCommand:
    def held(self, site: LiveSite, **options: object) -> tuple[str, Round]:
        event = EventFactory.create(live=True, slug="crowded", sender=SenderFactory.create(platform=True))
        round_, _entries = opened(event, artists=4)
        return crowd(event="crowded", url=site.url, rate=500, **options), round_

    def test_its_votes_are_accepted_and_stored_each_once(self, live_site: LiveSite) -> None:
        said, round_ = self.held(live_site, fans=30, seed=1)
        assert "30/30 people" in said
        accepted = Ballot.objects.filter(round=round_, state="accepted").count()
        assert accepted > 15, said
        assert f"The database agrees: {accepted} votes of this crowd" in said
        for expected in (
            "join_ask",
            "join_confirmed",
            "vote_accepted",
            "vote_duplicate",
            "confirm_first",
            "vote: 201 accepted",
            "vote again: 200 duplicate",
            "vote with an unknown field: 422 UNKNOWN_FIELD",
            "vote with a token that was changed: 403 BAD_TOKEN",
            "vote for an artist who is not there: 422 ARTIST_NOT_IN_ROUND",
        ):
            assert expected in said, said
        confirmed = round_.event.attendees.filter(status=AttendeeStatus.CONFIRMED)
        assert confirmed.count() >= accepted

    def test_a_second_crowd_has_other_phones(self, live_site: LiveSite) -> None:
        _said, round_ = self.held(live_site, fans=5, seed=1)
        first = set(InboundMessage.objects.values_list("address", flat=True))
        texts = InboundMessage.objects.count()
        crowd(event="crowded", url=live_site.url, fans=5, seed=1, rate=500)
        assert InboundMessage.objects.filter(address__in=first).count() == texts
        assert InboundMessage.objects.exclude(address__in=first).exists()
        assert round_.event.attendees.count() == 10

    def test_a_vote_that_went_missing_is_noticed(self, live_site: LiveSite) -> None:
        _said, round_ = self.held(live_site, fans=10, seed=2)
        accepted = Ballot.objects.filter(round=round_, state="accepted")
        books = Books(receipts=set(accepted.values_list("receipt", flat=True)))
        assert list(contradictions(books, audit(books), round_.pk)) == []
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE voting_ballot DISABLE TRIGGER USER")
            cursor.execute("DELETE FROM voting_ballot WHERE receipt = %s", [min(books.receipts)])
            cursor.execute("ALTER TABLE voting_ballot ENABLE TRIGGER USER")
        wrong = " ".join(contradictions(books, audit(books), round_.pk))
        assert "votes by API were accepted" in wrong
        assert "its tally adds up to" in wrong

    def test_a_text_that_was_answered_and_not_stored_is_noticed(self) -> None:
        books = Books(sids=["SMnobody"])
        assert list(contradictions(books, audit(books), None)) == ["1 texts were answered and 0 are stored."]

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"slug": "another"}, "no event with the slug"),
            ({"live": False, "published": True}, "comes to a live event"),
            ({}, "nobody to vote for"),
        ],
    )
    def test_it_says_why_it_cannot_come(self, fields: dict[str, object], sentence: str) -> None:
        EventFactory.create(**{"slug": "crowded", "live": True, **fields})
        with pytest.raises(CommandError, match=sentence):
            crowd(event="crowded", fans=1)

    def test_it_is_for_development(self, settings: LazySettings) -> None:
        settings.DEBUG = False
        with pytest.raises(CommandError, match="DEBUG=1"):
            crowd(event="crowded", fans=1)


SCENE = Scene("e", "Night", "NIGHT", "+12025550100", (Contestant("a", 1, "Ada"),), 1, 1)


def test_the_same_seed_makes_the_same_crowd() -> None:
    def said(seed: int) -> list[str]:
        chance = random.Random(seed)
        texts: list[str] = []
        for person in (texting(SCENE, chance) for _person in range(20)):
            with contextlib.suppress(StopIteration):
                texts.append(next(person))
                while True:
                    texts.append(person.send(""))
        return texts

    assert said(7) == said(7)
    assert said(7) != said(8)


def test_the_progress_bar_says_how_far_it_is() -> None:
    books = Books()
    books.texts[200] = 50
    assert (
        progress(books, done=15, people=30, seconds=2) == f"{'█' * 15}{'░' * 15} 15/30 people  50 requests  25/s  2 s"
    )
