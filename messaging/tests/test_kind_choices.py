"""Which kinds of message come: chosen in the account, obeyed by the gate."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from accounts.actors import Credential
from accounts.models import AuditEntry, User
from accounts.tests.factories import UserFactory, confirm_email
from config.lib.errors import NotFound
from config.tests.fixtures import acting
from config.tests.reading import main_of
from messaging import kinds
from messaging.console import why_not
from messaging.delivery import deliver_batch
from messaging.kind_choices import kind_choices_of
from messaging.links import preferences_token
from messaging.models import (
    Address,
    Channel,
    ConsentDecision,
    ConsentPurpose,
    ConsentSource,
    Lane,
    Message,
    MessageState,
    Purpose,
    TurnedOff,
)
from messaging.services import consent
from messaging.services.addresses import address_for
from messaging.services.kind_choices import AlwaysSent, choose_kind, choose_kinds
from messaging.services.outbox import queue

PAGE = reverse("my-notifications")
TICKED = " checked>"
CHOICES = reverse("messaging-api:kind-choices")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _two_kinds(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EMAIL_PROVIDER = "local_mailbox"
    monkeypatch.setattr(kinds, "_choices", {"invitation": (Channel.EMAIL,), "recap": (Channel.EMAIL, Channel.SMS)})
    monkeypatch.setattr(kinds, "_words", {**kinds.registered(), "recap": "Recap"})


def place(kind: str, channel: str) -> str:
    return reverse("messaging-api:kind-choice", args=[kind, channel])


def turn(user: User, wanted: bool, now: datetime, kind: str = "recap", channel: str = "email") -> None:
    choose_kind(actor=acting(user), kind=kind, channel=channel, wanted=wanted, now=now)


def mail(to: str, now: datetime, *, kind: str = "recap", purpose: Purpose = Purpose.EVENT, key: str = "1") -> Message:
    return queue(
        purpose_key=key,
        kind=kind,
        purpose=purpose,
        channel=Channel.EMAIL,
        address=address_for(channel=Channel.EMAIL, value=to),
        text="Last night",
        now=now,
    )


def text(to: Address, now: datetime, *, key: str) -> Message:
    return queue(
        purpose_key=key,
        kind="recap",
        purpose=Purpose.EVENT,
        channel=Channel.SMS,
        address=to,
        text=key,
        now=now,
    )


# --- What the gate makes of it --------------------------------------------------------------------------------------------


def test_what_is_turned_off_is_not_sent_and_the_reason_is_kept(fan: User, now: datetime) -> None:
    confirm_email(fan)
    turn(fan, wanted=False, now=now)
    stopped = mail(fan.email, now)
    assert stopped.state == MessageState.SKIPPED
    assert stopped.decisions[-1]["reason"] == "turned_off"
    assert str(why_not(stopped)) == "They turned such messages off in their account."
    assert mail(fan.email, now, kind="invitation", key="2").state == MessageState.QUEUED
    turn(fan, wanted=True, now=now)
    assert mail(fan.email, now, key="3").state == MessageState.QUEUED


def test_it_holds_for_what_waits_already(fan: User, now: datetime) -> None:
    confirm_email(fan)
    waiting = mail(fan.email, now)
    turn(fan, wanted=False, now=now)
    deliver_batch(Lane.DEFAULT, now=now)
    waiting.refresh_from_db()
    assert waiting.state == MessageState.SKIPPED


def test_an_account_speaks_for_no_address_it_has_not_verified(fan: User, now: datetime) -> None:
    turn(fan, wanted=False, now=now)
    assert mail(fan.email, now).state == MessageState.QUEUED


def test_a_verified_phone_is_spoken_for_and_channels_are_apart(fan: User, now: datetime, settings: Settings) -> None:
    confirm_email(fan)
    turn(fan, wanted=False, now=now, channel="sms")
    phone = address_for(channel=Channel.SMS, value="+12025550123")
    consent.record(
        address=phone,
        decision=ConsentDecision.GRANTED,
        purpose=ConsentPurpose.EVENT,
        source=ConsentSource.SMS,
        now=now,
    )
    settings.SMS_PROVIDER = "local_phone"
    User.objects.filter(pk=fan.pk).update(phone=phone.value)
    assert text(phone, now, key="a").state == MessageState.QUEUED
    User.objects.filter(pk=fan.pk).update(phone_verified_at=now)
    assert text(phone, now, key="b").decisions[-1]["reason"] == "turned_off"
    assert mail(fan.email, now, key="c").state == MessageState.QUEUED


def test_nothing_about_the_account_can_be_turned_off(fan: User, now: datetime) -> None:
    confirm_email(fan)
    with pytest.raises(AlwaysSent):
        turn(fan, wanted=False, now=now, kind="account")
    TurnedOff.objects.create(user=fan, kind="account", channel="email", since=now)
    assert mail(fan.email, now, kind="account", purpose=Purpose.ACCOUNT).state == MessageState.QUEUED


@pytest.mark.parametrize(("kind", "channel"), [("vote_accepted", "sms"), ("invitation", "sms"), ("nothing", "email")])
def test_what_is_no_matter_of_choice_is_not_there(fan: User, now: datetime, kind: str, channel: str) -> None:
    with pytest.raises(NotFound):
        turn(fan, wanted=False, now=now, kind=kind, channel=channel)


def test_saying_it_again_changes_nothing(fan: User, now: datetime) -> None:
    for wanted in (False, False, True, True):
        turn(fan, wanted=wanted, now=now)
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["account.turn_off", "account.turn_on"]


def test_facts_of_many_cost_one_query_more_than_of_none(
    now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = [confirm_email(UserFactory.create()) for _one in "123"]
    for person in people:
        mail(person.email, now, key=person.email)
        turn(person, wanted=False, now=now)
    with django_assert_num_queries(7):  # rows, consent, what is turned off, equal texts, the move, a savepoint's two
        deliver_batch(Lane.DEFAULT, now=now)
    assert Message.objects.filter(state=MessageState.SKIPPED).count() == 3


# --- The page -------------------------------------------------------------------------------------------------------------


def test_the_page_shows_and_changes(client: Client, fan: User) -> None:
    client.force_login(fan)
    page = main_of(client.get(PAGE))
    assert page.count(TICKED) == 3
    assert "cannot be switched off" in page
    answer = client.post(PAGE, {"recap": ["sms"], "invitation": ["email"]}, follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert set(TurnedOff.objects.values_list("kind", "channel")) == {("recap", "email")}
    assert main_of(client.get(PAGE)).count(TICKED) == 2
    client.post(PAGE, {})
    assert TurnedOff.objects.count() == 3


def test_the_page_refuses_what_it_does_not_offer(client: Client, fan: User) -> None:
    client.force_login(fan)
    refused = client.post(PAGE, {"recap": ["push"]})
    assert refused.status_code == 422
    assert not TurnedOff.objects.exists()
    assert client.put(PAGE).status_code == 405


def test_strangers_sign_in_first(client: Client) -> None:
    assert client.get(PAGE)["Location"] == f"/accounts/login/?next={PAGE}"


def test_one_query_for_the_choices(fan: User, now: datetime, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    choose_kinds(actor=acting(fan), wanted=[("recap", "sms")], now=now)
    with django_assert_num_queries(1):
        choices = {choice.kind: choice for choice in kind_choices_of(fan)}
    assert choices["recap"].channels == {Channel.EMAIL: False, Channel.SMS: True}
    assert choices["account"].is_fixed


# --- The API --------------------------------------------------------------------------------------------------------------


def test_the_api_shows_and_changes(api: APIClient, fan: User) -> None:
    api.force_authenticate(fan)
    shown = api.get(CHOICES).json()["data"]
    assert shown["account"] == {
        "label": "About the account",
        "channels": {"email": True, "sms": True},
        "fixed": True,
    }
    put = api.put(place("recap", "email"), {"on": False})
    assert put.json()["data"]["recap"]["channels"] == {"email": False, "sms": True}
    assert api.get(CHOICES).json()["data"] == put.json()["data"]


@pytest.mark.parametrize(
    ("where", "body", "status", "code"),
    [
        (("account", "email"), {"on": False}, 409, "ALWAYS_SENT"),
        (("recap", "push"), {"on": False}, 404, "NOT_FOUND"),
        (("nothing", "email"), {"on": False}, 404, "NOT_FOUND"),
        (("recap", "email"), {"on": "perhaps"}, 422, "VALIDATION_ERROR"),
        (("recap", "email"), {"off": True}, 422, "UNKNOWN_FIELD"),
    ],
)
def test_the_api_refuses(
    api: APIClient, fan: User, where: tuple[str, str], body: dict[str, Any], status: int, code: str
) -> None:
    api.force_authenticate(fan)
    response = api.put(place(*where), body)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)


def test_who_may(api: APIClient, fan: User, outsider: User, now: datetime) -> None:
    turn(fan, wanted=False, now=now)
    assert api.get(CHOICES).status_code == api.put(place("recap", "email"), {"on": True}).status_code == 401
    api.force_authenticate(outsider)
    assert api.get(CHOICES).json()["data"]["recap"]["channels"]["email"] is True
    api.force_authenticate(fan, Credential(scopes=frozenset({"profile:read"})))  # type: ignore[arg-type]  # any token
    assert api.put(place("recap", "email"), {"on": True}).status_code == 403
    assert api.post(CHOICES).status_code == api.delete(place("recap", "email")).status_code == 405


def test_the_page_of_the_address_says_what_the_account_turned_off(client: Client, fan: User, now: datetime) -> None:
    confirm_email(fan)
    address = address_for(channel=Channel.EMAIL, value=fan.email)
    path = reverse("messaging:preferences", args=[preferences_token(address.pk, now=now)])
    assert PAGE not in main_of(client.get(path))
    turn(fan, wanted=False, now=now)
    page = main_of(client.get(path))
    assert "Recap" in page
    assert f'href="{PAGE}"' in page
