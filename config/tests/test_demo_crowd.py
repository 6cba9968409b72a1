"""The crowd of the demo night: its taste drifts, its numbers do not run out, and it plays until its round is over."""

import io
import random
from collections import Counter
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.utils import timezone

from config.crowd import guests as supply
from config.crowd.books import Books, audit
from config.crowd.client import Client
from config.crowd.guests import Guest, guests
from config.crowd.report import scoreboard
from config.crowd.room import Room
from config.crowd.scene import Contestant, Scene, invented_phones, scene_of
from config.crowd.show import Board, Show, seconds_left, standings
from config.crowd.taste import Taste
from config.demo import fans, heats
from config.management.commands import demo_crowd
from config.tests.live_server import LiveSite, free_port
from events.models import AttendeeStatus, Event
from events.tests.factories import AttendeeFactory, EventFactory, SenderFactory
from messaging.local.desk import INVENTED
from messaging.models import Address, InboundMessage, OptOut
from messaging.tests.factories import PhoneFactory
from voting.models import Round
from voting.tests.factories import BallotFactory, opened

EIGHT = tuple(Contestant(f"a{number}", number, f"Act {number}") for number in range(1, 9))


class TestTaste:
    def raced(self, votes: int, seed: int) -> tuple[Board, Counter[int]]:
        """A whole evening; the room looks at the board after every third vote."""
        taste, board, counted = Taste(EIGHT, random.Random(seed)), Board(), Counter[int]()
        for number in range(votes):
            counted[taste.pick().number] += 1
            if number % 3 == 0:
                taste.follow(counted)
                board.show(dict(counted))
        return board, counted

    @pytest.mark.parametrize("seed", range(5))
    def test_the_lead_changes_early_and_late(self, seed: int) -> None:
        first, _counted = self.raced(300, seed)
        whole, counted = self.raced(3_000, seed)
        assert first.changes >= 4
        assert whole.changes >= first.changes + 4
        assert min(counted[each.number] for each in EIGHT) > 0

    def test_the_same_seed_likes_the_same(self) -> None:
        assert self.raced(200, 7)[1] == self.raced(200, 7)[1] != self.raced(200, 8)[1]

    def test_a_room_with_one_to_vote_for_votes_for_them(self) -> None:
        taste = Taste(EIGHT[:1], random.Random(1))
        taste.follow({1: 50})
        assert taste.pick() == EIGHT[0]


class TestBoard:
    def test_a_tie_is_no_new_leader(self) -> None:
        board = Board()
        for votes in ({}, {1: 0}, {1: 2}, {1: 2, 2: 2}, {1: 2, 2: 3}, {1: 4, 2: 3}):
            board.show(votes)
        assert (board.leader, board.lead, board.changes) == (1, 1, 2)

    def test_one_line_says_it_all(self) -> None:
        scene = Scene("e", "Night", "NIGHT", "+12025550100", EIGHT, 1, 1)
        room = Room(Client("http://x.test"), url="http://x.test", number=scene.number, rate=1, chance=random.Random(1))
        show = Show(scene, 1, room, random.Random(1), seconds=3_600, came=12)
        show.board.show({3: 7, 4: 5})
        show.began -= 1_800
        assert scoreboard(show) == (
            f"{'█' * 15}{'░' * 15} 0:30:00 left  12 came  12 votes  Act 3 leads by 2  0 changes at the top"
        )


@pytest.mark.django_db
class TestGuests:
    @pytest.fixture
    def night(self, monkeypatch: pytest.MonkeyPatch) -> tuple[Event, Round]:
        """An open round, in a world with six phones."""
        phones = {f"+1200555010{number}" for number in range(6)}
        monkeypatch.setattr(supply, "invented_phones", lambda: phones)
        event = EventFactory.create(live=True, slug="crowded", sender=SenderFactory.create(platform=True))
        round_, _entries = opened(event, artists=2)
        return event, round_

    def test_all_but_those_who_voted_or_opted_out_come_known_phones_before_new_ones(
        self, night: tuple[Event, Round]
    ) -> None:
        event, round_ = night
        scene = scene_of("crowded")
        phone = {number: PhoneFactory.create(value=f"+1200555010{number}") for number in range(4)}
        voter = AttendeeFactory.create(event=event, phone=phone[0], status=AttendeeStatus.CONFIRMED)
        BallotFactory.create(round=round_, attendee=voter, entry=round_.entries.first())
        AttendeeFactory.create(event=event, phone=phone[1], status=AttendeeStatus.CONFIRMED)
        assert event.sender is not None
        OptOut.objects.create(address=phone[2], sender=event.sender, since=timezone.now())
        came = list(guests(scene, random.Random(1)))
        assert Guest("+12005550101", True) in came
        strangers = [guest.phone for guest in came if not guest.inside]
        assert strangers[0] == "+12005550103"
        assert set(strangers[1:]) == {"+12005550104", "+12005550105"}
        assert len(came) == 4

    def test_the_phones_of_the_local_tools_are_nobodys_in_the_crowd(self) -> None:
        phones = invented_phones()
        assert phones.isdisjoint(INVENTED)
        assert len(phones) == 80_000


@pytest.mark.django_db(transaction=True)
class TestTheCommand:
    @pytest.fixture(autouse=True)
    def _in_development(self, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
        settings.DEBUG = True
        monkeypatch.setattr(fans, "_PHONES", fans._PHONES[-16:])
        monkeypatch.setattr(heats, "PHONES", heats.PHONES[:4])

    def crowd(self, url: str, **options: object) -> str:
        said = io.StringIO()
        call_command("demo_crowd", url=url, rate=200, seed=3, stdout=said, **options)
        return said.getvalue()

    def test_it_plays_on_a_night_it_opened_and_again_until_the_round_is_over(self, live_site: LiveSite) -> None:
        first = self.crowd(live_site.url, minutes=0.03)
        round_ = Round.objects.get(event__slug="demo-night", status="open")
        accepted = round_.ballots.filter(state="accepted")
        votes = accepted.count()
        assert f"{live_site.url}/events/demo-night/stage/" in first
        assert votes > 10
        assert "votes of this crowd were accepted and are stored, each once" in first

        phones = Address.objects.filter(channel="sms").count()
        texts = InboundMessage.objects.count()
        Round.objects.filter(status="open").update(closes_at=timezone.now() + timedelta(seconds=2))
        began = timezone.now()
        held = Round.objects.count()
        self.crowd(live_site.url)
        assert timezone.now() - began < timedelta(seconds=20)
        assert Round.objects.count() == held
        assert accepted.count() > votes
        assert Address.objects.filter(channel="sms").count() - phones < InboundMessage.objects.count() - texts

    def test_what_the_database_does_not_have_is_told(
        self, live_site: LiveSite, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(demo_crowd, "audit", lambda _books: audit(Books()))
        with pytest.raises(CommandError, match="The database says otherwise"):
            self.crowd(live_site.url, minutes=0.01)

    def test_without_a_site_it_says_what_to_do_and_changes_nothing(self) -> None:
        with pytest.raises(CommandError, match="Start Fanfare with `make run`"):
            self.crowd(f"http://127.0.0.1:{free_port()}")
        assert not Event.objects.exists()

    def test_it_is_for_development(self, settings: LazySettings) -> None:
        settings.DEBUG = False
        with pytest.raises(CommandError, match="DEBUG=1"):
            self.crowd("http://127.0.0.1:1")


@pytest.mark.django_db
def test_a_round_knows_its_standings_and_its_end() -> None:
    round_, _entries = opened(EventFactory.create(live=True), artists=2)
    moment = timezone.now()
    assert seconds_left(round_.pk, now=moment) is None
    Round.objects.filter(pk=round_.pk).update(closes_at=moment + timedelta(minutes=2))
    assert seconds_left(round_.pk, now=moment) == 120
    votes, is_open = standings(round_.pk)
    assert (sum(votes.values()), is_open) == (0, True)
