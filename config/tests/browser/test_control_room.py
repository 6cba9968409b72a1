"""An organizer runs the night: signs in, goes live, opens a round, sees the votes arrive, closes it, reveals it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Role, User
from accounts.tests.factories import PASSWORD, UserFactory, confirm_email
from config.tests.browser.elsewhere import cast
from config.tests.browser.windows import WIDTHS, Windows
from events.models import Event, EventStatus
from events.tests.factories import AttendeeFactory, EventFactory
from events.vote_rules import VoteConfig
from voting.models import Entry, Round, RoundStatus
from voting.tests.factories import line_up
from voting.tests.night import Night

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def event(transactional_db: None) -> Event:
    """About to begin, with three artists; its results are revealed."""
    owner = confirm_email(UserFactory.create(role=Role.ORGANIZER, name="Olga Organizer"))
    rules = VoteConfig(results="reveal").document()
    now = timezone.now()
    event = EventFactory.create(
        published=True,
        owner=owner,
        vote_config=rules,
        starts_at=now - timedelta(minutes=5),
        ends_at=now + timedelta(hours=4),
    )
    line_up(event, 3)
    return event


def hold(page: Page, name: str) -> None:
    """Presses the big button for as long as it wants."""
    button = page.get_by_role("button", name=name)
    expect(button.locator(".hold-words")).to_be_visible()  # shown by the script that understands holding
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.wait_for_event("framenavigated")
    page.mouse.up()


def sign_in(page: Page, user: User) -> None:
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_night_is_run_from_the_control_room(windows: Windows, event: Event, width: int) -> None:
    page = windows.open(f"/admin/events/event/{event.pk}/control/", width=width)
    sign_in(page, event.owner)
    hold(page, "Go live")
    hold(page, "Plan round 1")
    hold(page, "Open round 1")
    round_ = Round.objects.get()
    assert round_.status == RoundStatus.OPEN
    night = Night(round_, list(Entry.objects.order_by("pk")), AttendeeFactory.create_batch(6, event=event))
    fan = windows.open(f"/events/{event.slug}/live/")
    cast([night.vote(voter, 1 if voter else 0) for voter in range(6)])
    expect(page.locator("[data-votes]")).to_have_text("6")
    expect(page.locator(".leaderboard-row").first).to_contain_text(night.entries[1].slot.artist.name)
    expect(fan.locator(".leaderboard-row").first).to_be_hidden()
    hold(page, "Close round 1")
    hold(page, "Reveal")
    expect(fan.locator(".leaderboard-row").first).to_contain_text(night.entries[1].slot.artist.name)
    expect(fan.locator(".leaderboard-row").first).to_be_visible()
    event.refresh_from_db()
    assert event.status == EventStatus.LIVE


def test_without_a_long_press_the_big_button_asks_first(windows: Windows, event: Event) -> None:
    page = windows.open(f"/admin/events/event/{event.pk}/control/", user=event.owner, javascript=False)
    page.get_by_role("button", name="Go live").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("?")
    event.refresh_from_db()
    assert event.status == EventStatus.PUBLISHED
    page.get_by_role("button", name="Go live").click()
    expect(page.get_by_role("button", name="Plan round 1")).to_be_visible()
