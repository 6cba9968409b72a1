"""The nights on `/me/`, and leaving one."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEntry, User
from accounts.tests.factories import confirm_email
from config.lib.errors import AuthRequired, InsufficientScope, NotFound
from config.tests.fixtures import acting
from config.tests.reading import main_of
from events.models import Attendee, AttendeeStatus, Event
from events.my_nights import MyNights, Step, my_nights_of
from events.persons import all_attendees
from events.services.attendees import join_signed_in, leave_signed_in
from events.tests.factories import AttendeeFactory, EventFactory, PhoneFactory
from messaging.models import Address, Channel, ConsentEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client: Client, fan: User) -> Client:
    client.force_login(fan)
    return client


@pytest.fixture
def phone(fan: User) -> Address:
    """The fan's own, verified."""
    address: Address = PhoneFactory.create(value="+14155550134")
    User.objects.filter(pk=fan.pk).update(phone=address.value, phone_verified_at=timezone.now())
    fan.refresh_from_db()
    return address


def nights_of(user: User, cursor: str = "") -> MyNights:
    return my_nights_of(user, cursor=cursor, now=datetime.now(UTC))


def titles(nights: Any) -> list[str]:
    return [mine.night.title for mine in nights]


def attending(user: User, **fields: Any) -> Attendee:
    made: Attendee = AttendeeFactory.create(signed_in=True, user=user, **fields)
    return made


# --- Which nights, in which order -----------------------------------------------------------------------------------------


def test_tonight_is_first_then_what_comes_soonest_then_what_was_latest(fan: User, now: datetime) -> None:
    def night(title: str, days: int, **trait: bool) -> None:
        attending(fan, event=EventFactory.create(title=title, starts_at=now + timedelta(days=days), **trait))

    night("in a week", 7, published=True)
    night("in three days", 3, published=True)
    night("last month", -30, archived=True)
    night("last week", -7, closed=True)
    night("called off", 2, cancelled=True)
    night("called off long ago", -60, cancelled=True)
    attending(fan, event=EventFactory.create(title="tonight", live=True))
    nights = nights_of(fan)
    assert titles(nights.tonight) == ["tonight"]
    assert titles(nights.to_come) == ["called off", "in three days", "in a week"]
    assert titles(nights.before) == ["last week", "last month", "called off long ago"]
    assert not nights.are_none


def test_drafts_and_other_peoples_nights_are_not_there(fan: User, outsider: User) -> None:
    attending(fan, event=EventFactory.create())
    attending(outsider)
    AttendeeFactory.create()
    assert nights_of(fan).are_none


@pytest.mark.parametrize(
    ("trait", "status", "joined", "standing", "step", "may_leave"),
    [
        ("live", "confirmed", True, "You are in", Step.VOTE, True),
        ("published", "confirmed", True, "You are in", Step.NOTHING, True),
        ("published", "pending", True, "Waiting for your yes", Step.CONFIRM, True),
        ("published", "pending", False, "You are invited", Step.CONFIRM, False),
        ("published", "left", True, "You left", Step.COME_BACK, False),
        ("closed", "confirmed", True, "You were part of it", Step.RECAP, False),
        ("closed", "pending", True, "You never said yes", Step.NOTHING, False),
        ("closed", "left", True, "You left", Step.NOTHING, False),
        ("cancelled", "confirmed", True, "Called off", Step.NOTHING, False),
    ],
)
def test_each_standing_has_its_words_and_its_next_step(
    fan: User, trait: str, status: str, joined: bool, standing: str, step: Step, may_leave: bool, now: datetime
) -> None:
    attending(
        fan,
        event=EventFactory.create(**{trait: True}),
        status=status,
        joined_at=now if joined else None,
        confirmed_at=now if status == "confirmed" else None,
    )
    nights = nights_of(fan)
    (mine,) = [*nights.tonight, *nights.to_come, *nights.before]
    assert (str(mine.standing.label), mine.step, mine.may_leave) == (standing, step, may_leave)


def test_an_invitation_that_came_to_nothing_is_not_a_night(fan: User) -> None:
    attending(fan, event=EventFactory.create(closed=True), status="pending", joined_at=None, confirmed_at=None)
    assert nights_of(fan).are_none


# --- One person, one night ------------------------------------------------------------------------------------------------


def test_a_night_joined_by_text_is_there_once_the_phone_is_verified(fan: User, phone: Address) -> None:
    AttendeeFactory.create(phone=phone)
    assert len(nights_of(fan).tonight) == 1
    User.objects.filter(pk=fan.pk).update(phone_verified_at=None)
    fan.refresh_from_db()
    assert nights_of(fan).are_none


def test_a_night_one_was_invited_to_by_mail_is_there_once_the_mail_is_verified(fan: User) -> None:
    mailbox = Address.objects.create(channel=Channel.EMAIL, value=fan.email)
    AttendeeFactory.create(phone=None, email=mailbox, status="pending", joined_at=None, confirmed_at=None)
    assert nights_of(fan).are_none
    confirm_email(fan)
    assert len(nights_of(fan).tonight) == 1


@pytest.mark.parametrize("merged", [False, True])
def test_a_night_joined_by_text_and_on_the_web_is_there_once(fan: User, phone: Address, merged: bool) -> None:
    by_text = AttendeeFactory.create(phone=phone, status=AttendeeStatus.PENDING, confirmed_at=None)
    on_the_web = attending(fan, event=by_text.event)
    if merged:
        join_signed_in(actor=acting(fan), public_id=by_text.event.public_id, now=timezone.now())
        on_the_web.refresh_from_db()
        assert on_the_web.merged_into == by_text
    (mine,) = nights_of(fan).tonight
    assert str(mine.standing.label) == "You are in"
    assert set(all_attendees(fan)) == {by_text, on_the_web}


def test_the_pair_is_one_person_also_where_only_the_younger_is_known(fan: User) -> None:
    stranger_phone = AttendeeFactory.create()
    younger = attending(fan, event=stranger_phone.event, status="left", merged_into=stranger_phone)
    assert len(nights_of(fan).tonight) == 1
    assert set(all_attendees(fan)) == {stranger_phone, younger}


def test_a_private_night_the_account_cannot_open_leads_to_the_personal_page(fan: User, phone: Address) -> None:
    AttendeeFactory.create(phone=phone, event__access="private")
    (mine,) = nights_of(fan).tonight
    assert mine.href.startswith("/c/")
    assert mine.step == Step.NOTHING
    Attendee.objects.update(user=fan)
    (mine,) = nights_of(fan).tonight
    assert mine.href == f"/events/{mine.slug}/"
    assert mine.step == Step.VOTE


# --- The page -------------------------------------------------------------------------------------------------------------


def test_the_page_leads_on(reader: Client, fan: User) -> None:
    mine = attending(fan, event__title="Night <of> Noise")
    page = main_of(reader.get("/me/"))
    assert "Night &lt;of&gt; Noise" in page
    assert f'href="/events/{mine.event.slug}/vote/"' in page
    assert f'href="/events/{mine.event.slug}/live/"' in page
    assert f'href="/events/{mine.event.slug}/leave/"' in page
    asked = attending(fan, event=EventFactory.create(published=True), status="pending", confirmed_at=None)
    over = attending(fan, event=EventFactory.create(closed=True))
    page = main_of(reader.get("/me/"))
    assert re.search(r'href="/c/[\w-]+/"\s*>\s*<span>Say yes', page), asked
    assert f'href="/events/{over.event.slug}/recap/"' in page
    assert page.count("button-action") == 1


def test_an_empty_page_teaches(reader: Client) -> None:
    page = main_of(reader.get("/me/"))
    assert "Your first night" in page
    assert 'href="/events/"' in page


def test_many_nights_before_come_in_pages(reader: Client, fan: User, now: datetime) -> None:
    for number in range(1, 24):
        event = EventFactory.create(closed=True, title=f"Night {number:02}", starts_at=now - timedelta(days=number))
        attending(fan, event=event)
    seen: list[str] = []
    address = "/me/"
    for _page in range(3):
        page = main_of(reader.get(address))
        seen += re.findall(r"Night \d\d(?=</a>)", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = "/me/" + following[1].replace("&amp;", "&") if following else ""
    assert seen == [f"Night {number:02}" for number in range(1, 24)]
    assert not address
    assert "Night 01" in main_of(reader.get("/me/?before=nonsense"))


@pytest.mark.parametrize("items", [1, 3])
def test_as_many_queries_for_three_as_for_one(
    fan: User, items: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for trait in ("live", "published", "closed"):
        for _item in range(items):
            attending(fan, event=EventFactory.create(**{trait: True}))
    with django_assert_num_queries(2):
        nights_of(fan)


# --- Leaving --------------------------------------------------------------------------------------------------------------


def leave_path(event: Event) -> str:
    return f"/events/{event.slug}/leave/"


def test_leaving_asks_first_and_is_done_once(reader: Client, fan: User) -> None:
    mine = attending(fan, phone=PhoneFactory.create())
    for look in (reader.get, reader.head):
        assert look(leave_path(mine.event)).status_code == 200
    mine.refresh_from_db()
    assert mine.status == AttendeeStatus.CONFIRMED
    for _time in range(2):
        assert reader.post(leave_path(mine.event))["Location"] == "/me/"
    mine.refresh_from_db()
    assert mine.status == AttendeeStatus.LEFT
    said = ConsentEvent.objects.get()
    assert (said.decision, said.topic, said.source, said.address) == ("withdrawn", mine.event.topic, "web", mine.phone)
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["attendee.leave"]
    assert "You left this night" in main_of(reader.get(leave_path(mine.event)))


def test_everyone_the_person_is_there_leaves_and_every_address_is_left_alone(
    fan: User, phone: Address, now: datetime
) -> None:
    confirm_email(fan)
    mailbox = Address.objects.create(channel=Channel.EMAIL, value=fan.email)
    by_text = AttendeeFactory.create(phone=phone)
    AttendeeFactory.create(event=by_text.event, phone=None, email=mailbox)
    other = AttendeeFactory.create(event=by_text.event)
    leave_signed_in(actor=acting(fan), slug=by_text.event.slug, now=now)
    assert set(Attendee.objects.filter(status="left")) == set(Attendee.objects.exclude(pk=other.pk))
    assert {said.address for said in ConsentEvent.objects.all()} == {phone, mailbox}


def test_who_left_may_come_back(fan: User, now: datetime) -> None:
    mine = attending(fan)
    leave_signed_in(actor=acting(fan), slug=mine.event.slug, now=now)
    join_signed_in(actor=acting(fan), public_id=mine.event.public_id, now=now)
    mine.refresh_from_db()
    assert mine.status == AttendeeStatus.CONFIRMED


def test_nobody_leaves_for_somebody_else(client: Client, fan: User, outsider: User, now: datetime) -> None:
    mine = attending(fan)
    for other in (outsider, mine.event.owner):
        client.force_login(other)
        for verb in (client.get, client.post):
            assert verb(leave_path(mine.event)).status_code == 404
        with pytest.raises(NotFound):
            leave_signed_in(actor=acting(other), slug=mine.event.slug, now=now)
    client.logout()
    for verb in (client.get, client.post):
        assert verb(leave_path(mine.event))["Location"] == f"/accounts/login/?next={leave_path(mine.event)}"
    with pytest.raises(AuthRequired):
        leave_signed_in(actor=acting(None), slug=mine.event.slug, now=now)
    mine.refresh_from_db()
    assert mine.status == AttendeeStatus.CONFIRMED


def test_leaving_needs_its_scope_its_verb_and_its_token(fan: User, reader: Client, now: datetime) -> None:
    mine = attending(fan)
    narrow = replace(acting(fan), scopes=frozenset({"events:read"}))
    with pytest.raises(InsufficientScope):
        leave_signed_in(actor=narrow, slug=mine.event.slug, now=now)
    assert reader.put(leave_path(mine.event)).status_code == 405
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(fan)
    assert browser.post(leave_path(mine.event)).status_code == 403
    assert reader.get("/events/no-such-night/leave/").status_code == 404
