"""The e-mail address is confirmed, and changed, by whoever reads the mail that is sent to it."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.core.mail import EmailMessage
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import AuditEntry, User
from accounts.services.clients import open_client
from accounts.services.email_addresses import ask_for_change, cancel_change, confirm, confirm_by_key, send_link_again
from accounts.services.passwords import change_password
from accounts.services.resetting import reset_key, reset_password
from accounts.services.signing_up import sign_up
from accounts.tests.factories import PASSWORD, UserFactory, confirm_email
from accounts.tests.racing import racers, until_blocked_or_done
from config.lib.errors import LinkSpent, ValidationError
from config.tests.fixtures import acting

PAGE, AGAIN, KEEP = reverse("account_email"), reverse("send-email-link"), reverse("keep-email")
CONFIRM, RESEND, CHANGE = (reverse(f"accounts:{name}") for name in ("confirm-email", "send-link-again", "change-email"))
NEW = "new@example.test"


@pytest.fixture
def mary(fan: User) -> User:
    return confirm_email(fan)


@pytest.fixture
def browser(mary: User) -> Client:
    client = Client()
    client.force_login(mary)
    return client


def signed_in_ago(client: Client, user: User, ago: timedelta) -> None:
    """The session as allauth leaves it for somebody who signed in by another provider some time ago."""
    session = client.session
    at = (timezone.now() - ago).timestamp()
    session["account_authentication_methods"] = [{"method": "socialaccount", "at": at}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


def key_in(mail: EmailMessage) -> str:
    found = re.search(r"/confirm-email/(\S+)/", str(mail.body))
    assert found, mail.body
    return found[1]


def addresses(user: User) -> list[tuple[str, bool, bool]]:
    return list(EmailAddress.objects.filter(user=user).order_by("pk").values_list("email", "verified", "primary"))


def test_addresses_are_the_promised_ones() -> None:
    assert (CONFIRM, RESEND, CHANGE) == (
        "/api/v1/auth/email/verify",
        "/api/v1/auth/email/verify/resend",
        "/api/v1/auth/email/change",
    )


def by_service(mary: User, now: datetime) -> None:
    ask_for_change(actor=acting(mary), email=f" {NEW.upper()} ", password=PASSWORD, now=now)


def by_page(mary: User, now: datetime) -> None:
    client = Client()
    client.force_login(mary)
    assert client.post(PAGE, {"email": NEW, "password": PASSWORD})["Location"] == PAGE


def by_api(mary: User, now: datetime) -> None:
    api = APIClient()
    api.force_authenticate(mary)
    assert api.post(CHANGE, {"email": NEW, "password": PASSWORD}, format="json").status_code == 204


@pytest.mark.parametrize("way", [by_service, by_page, by_api])
def test_a_new_address_replaces_the_old_once_it_is_confirmed_and_the_old_is_told(
    mary: User, now: datetime, mailoutbox: list[EmailMessage], way: Callable[[User, datetime], None]
) -> None:
    old = mary.email
    way(mary, now)
    mary.refresh_from_db()
    assert mary.email == old, "asking changes nothing"
    assert addresses(mary) == [(old, True, True), (NEW, False, False)]
    assert [mail.to for mail in mailoutbox] == [[NEW]]
    assert Client().post(reverse("account_confirm_email", args=[key_in(mailoutbox[0])])).status_code == 302
    mary.refresh_from_db()
    assert (mary.email, addresses(mary)) == (NEW, [(NEW, True, True)])
    assert (mailoutbox[1].to, mailoutbox[1].subject) == ([old], "Your e-mail address was changed")
    assert NEW in mailoutbox[1].body
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"user.ask_email_change", "user.change_email"} <= actions


def test_the_api_confirms_by_the_key_of_the_mail_once(
    db: None, api: APIClient, now: datetime, mailoutbox: list[EmailMessage]
) -> None:
    user = sign_up(actor=acting(None), email=NEW, password=PASSWORD, now=now)
    sent = {"key": key_in(mailoutbox[0])}
    assert api.post(CONFIRM, sent).status_code == 204
    assert addresses(user) == [(NEW, True, True)]
    refused = api.post(CONFIRM, sent)
    assert (refused.status_code, refused.json()["error"]["code"]) == (410, "LINK_SPENT")


def test_somebody_elses_address_is_answered_alike_and_its_owner_is_told(
    mary: User, organizer: User, now: datetime, mailoutbox: list[EmailMessage]
) -> None:
    confirm_email(organizer)
    ask_for_change(actor=acting(mary), email=organizer.email, password=PASSWORD, now=now)
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [([organizer.email], "You already have an account")]
    waiting = EmailAddress.objects.get(user=mary, verified=False)
    assert not confirm(actor=acting(mary), address=waiting, now=now)
    mary.refresh_from_db()
    assert mary.email != organizer.email


def test_an_address_that_somebody_signed_up_with_meanwhile_is_theirs(
    mary: User, now: datetime, mailoutbox: list[EmailMessage]
) -> None:
    ask_for_change(actor=acting(mary), email=NEW, password=PASSWORD, now=now)
    UserFactory.create(email=NEW)
    with pytest.raises(LinkSpent):
        confirm_by_key(actor=acting(None), key=key_in(mailoutbox[0]), now=now)
    assert addresses(mary)[0][1:] == (True, True), "the present address stands"


def test_another_address_takes_the_place_of_one_that_waits(
    mary: User, now: datetime, mailoutbox: list[EmailMessage]
) -> None:
    for email in (NEW, "newer@example.test"):
        ask_for_change(actor=acting(mary), email=email, password=PASSWORD, now=now)
    with pytest.raises(LinkSpent):
        confirm_by_key(actor=acting(None), key=key_in(mailoutbox[0]), now=now)
    confirm_by_key(actor=acting(None), key=key_in(mailoutbox[1]), now=now)
    mary.refresh_from_db()
    assert mary.email == "newer@example.test"


def test_whoever_thinks_better_of_it_keeps_the_address(
    mary: User, browser: Client, now: datetime, mailoutbox: list[EmailMessage]
) -> None:
    ask_for_change(actor=acting(mary), email=NEW, password=PASSWORD, now=now)
    assert f"{NEW} waits to be confirmed" in browser.get(PAGE).content.decode()
    assert browser.post(KEEP)["Location"] == PAGE
    with pytest.raises(LinkSpent):
        confirm_by_key(actor=acting(None), key=key_in(mailoutbox[0]), now=now)
    assert AuditEntry.objects.filter(action="user.cancel_email_change").count() == 1
    cancel_change(actor=acting(mary), now=now)
    assert AuditEntry.objects.filter(action="user.cancel_email_change").count() == 1, "nothing was left to cancel"


@pytest.mark.parametrize(
    ("email", "password", "field", "why"),
    [
        (NEW, "not the password", "password", "wrong_password"),
        ("mine", PASSWORD, "email", "same_email"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    mary: User, browser: Client, now: datetime, email: str, password: str, field: str, why: str
) -> None:
    email = mary.email if email == "mine" else email
    with pytest.raises(ValidationError) as refused:
        ask_for_change(actor=acting(mary), email=email, password=password, now=now)
    assert [(each.field, each.code) for each in refused.value.details] == [(field, why)]
    page = browser.post(PAGE, {"email": email, "password": password})
    assert page.status_code == 422
    assert f'id="id_{field}_error"' in page.content.decode()
    assert EmailAddress.objects.count() == 1


@pytest.mark.parametrize(("minutes", "asked_for"), [(1, True), (16, False)])
def test_an_account_without_a_password_has_just_signed_in(mary: User, minutes: int, asked_for: bool) -> None:
    mary.set_unusable_password()
    mary.save()
    client = Client()
    client.force_login(mary)
    signed_in_ago(client, mary, timedelta(minutes=minutes))
    assert 'name="password"' not in client.get(PAGE).content.decode()
    answer = client.post(PAGE, {"email": NEW})
    assert (answer.status_code, EmailAddress.objects.filter(email=NEW).exists()) == (
        302 if asked_for else 422,
        asked_for,
    )
    assert asked_for or "Sign in again first" in answer.content.decode()


def test_a_token_alone_moves_no_account_without_a_password(mary: User, now: datetime, api: APIClient) -> None:
    mary.set_unusable_password()
    mary.save()
    access = open_client(actor=acting(mary), user=mary, now=now).tokens.access
    refused = api.post(CHANGE, {"email": NEW}, headers={"authorization": f"Bearer {access}"})
    assert (refused.status_code, refused.json()["error"]["details"][0]["code"]) == (422, "sign_in_again")


@pytest.mark.parametrize(("minutes", "is_set"), [(1, True), (16, False)])
def test_a_first_password_is_set_by_who_has_just_signed_in(mary: User, minutes: int, is_set: bool) -> None:
    mary.set_unusable_password()
    mary.save()
    client = Client()
    client.force_login(mary)
    signed_in_ago(client, mary, timedelta(minutes=minutes))
    first = {"password1": "a long first one", "password2": "a long first one"}
    answer = client.post(reverse("account_set_password"), first)
    mary.refresh_from_db()
    assert mary.has_usable_password() == is_set
    assert is_set or "Sign in again first" in answer.content.decode()


def test_the_link_is_sent_again_a_few_times(
    fan: User, now: datetime, mailoutbox: list[EmailMessage], api: APIClient
) -> None:
    EmailAddress.objects.create(user=fan, email=fan.email, primary=True)
    api.force_authenticate(fan)
    assert {api.post(RESEND).status_code for _time in range(7)} == {204}
    assert [mail.to for mail in mailoutbox] == [[fan.email]] * 5


def test_nothing_is_sent_to_an_address_that_is_confirmed(
    mary: User, browser: Client, mailoutbox: list[EmailMessage]
) -> None:
    send_link_again(actor=acting(mary))
    assert browser.post(AGAIN)["Location"] == PAGE
    assert mailoutbox == []


@pytest.mark.django_db(transaction=True)
def test_of_two_who_confirm_the_same_address_at_once_one_has_it(now: datetime) -> None:
    people = [confirm_email(UserFactory.create()) for _person in range(2)]
    waiting = [EmailAddress.objects.create(user=person, email=NEW) for person in people]
    with racers() as pool:
        with transaction.atomic():
            assert confirm(actor=acting(people[0]), address=waiting[0], now=now)
            late = pool.start(confirm, actor=acting(people[1]), address=waiting[1], now=now)
            until_blocked_or_done(late)
        assert not late.result()
    assert User.objects.filter(email=NEW).count() == 1


@pytest.mark.parametrize("path", [PAGE, AGAIN, KEEP])
def test_strangers_are_sent_to_sign_in(path: str, db: None) -> None:
    answer: Any = Client().post(path)
    assert (answer.status_code, answer["Location"]) == (302, f"{reverse('account_login')}?next={path}")


@pytest.mark.parametrize(("path", "verb"), [(PAGE, "put"), (AGAIN, "get"), (KEEP, "get")])
def test_other_verbs_are_not_allowed(browser: Client, path: str, verb: str) -> None:
    assert getattr(browser, verb)(path).status_code == 405


@pytest.mark.parametrize(
    ("address", "verbs"), [(CONFIRM, "get put delete"), (RESEND, "get"), (CHANGE, "get put patch")]
)
def test_the_api_answers_no_other_verb(api: APIClient, fan: User, address: str, verbs: str) -> None:
    api.force_authenticate(fan)
    for verb in verbs.split():
        assert getattr(api, verb)(address).status_code == 405


@pytest.mark.parametrize("address", [RESEND, CHANGE])
def test_the_api_needs_somebody(api: APIClient, db: None, address: str) -> None:
    assert api.post(address).status_code == 401


def test_keys_of_nobody_confirm_nothing(api: APIClient, fan: User) -> None:
    gone = EmailAddress.objects.create(user=fan, email=NEW)
    key = EmailConfirmationHMAC(gone).key
    gone.delete()
    for bad in (key, "x", "x:y:z"):
        assert api.post(CONFIRM, {"key": bad}).status_code == 410


def after_a_reset(mary: User, now: datetime) -> None:
    reset_password(actor=acting(None), key=reset_key(user=mary), password="another long one", now=now)


def after_a_change(mary: User, now: datetime) -> None:
    change_password(actor=acting(mary), old=PASSWORD, password="another long one", now=now)


@pytest.mark.parametrize("take_back", [after_a_reset, after_a_change])
def test_what_a_thief_asked_for_ends_with_the_password_they_had(
    mary: User, now: datetime, mailoutbox: list[EmailMessage], take_back: Callable[[User, datetime], None]
) -> None:
    ask_for_change(actor=acting(mary), email=NEW, password=PASSWORD, now=now)
    own = mary.email
    take_back(mary, now)
    with pytest.raises(LinkSpent):
        confirm_by_key(actor=acting(None), key=key_in(mailoutbox[0]), now=now)
    mary.refresh_from_db()
    assert (mary.email, addresses(mary)) == (own, [(own, True, True)])


def test_an_account_that_is_not_active_keeps_its_address(
    mary: User, now: datetime, mailoutbox: list[EmailMessage]
) -> None:
    """Somebody who is being forgotten is found by the address they are known under."""
    ask_for_change(actor=acting(mary), email=NEW, password=PASSWORD, now=now)
    User.objects.filter(pk=mary.pk).update(is_active=False)
    with pytest.raises(LinkSpent):
        confirm_by_key(actor=acting(None), key=key_in(mailoutbox[0]), now=now)
    assert addresses(mary) == [(mary.email, True, True), (NEW, False, False)]
