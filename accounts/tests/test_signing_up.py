"""New accounts: signed up by their owners, or granted."""

from datetime import datetime

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.db import transaction
from pytest_django import Settings

from accounts.actors import platform
from accounts.models import AuditEntry, RefreshFamily, Role, User
from accounts.policies import EmailUnverified, verified
from accounts.services.signing_up import EmailTaken, grant_account, sign_up, sign_up_client
from accounts.tests.factories import PASSWORD
from accounts.tests.racing import racers, until_blocked_or_done
from config.lib.errors import AuthRequired, Forbidden, Refusal, ValidationError
from config.tests.fixtures import acting

NOBODY = acting(None)
EMAIL = "new@example.test"


def test_sign_up_makes_a_limited_account(now: datetime, db: None) -> None:
    user = sign_up(actor=NOBODY, email=" New@Example.TEST ", password=PASSWORD, name="Nina", role=Role.ARTIST, now=now)
    assert (user.email, user.name, user.role, user.created_at) == (EMAIL, "Nina", "artist", now)
    assert user.check_password(PASSWORD)
    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.primary, address.verified) == (EMAIL, True, False)
    with pytest.raises(EmailUnverified):
        verified(acting(user))


def test_sign_up_is_audited_without_anything_personal(now: datetime, db: None) -> None:
    user = sign_up(actor=NOBODY, email=EMAIL, password=PASSWORD, name="Nina", now=now)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject_id, entry.facts) == ("user.sign_up", user.public_id, {"role": "fan"})
    assert (entry.person.user, entry.person.address) == (user, "127.0.0.1")


def test_sign_up_sends_the_link_in_the_language_of_the_account(
    now: datetime, db: None, mailoutbox: list[EmailMessage], settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://fanfare.example"
    sign_up(actor=NOBODY, email=EMAIL, password=PASSWORD, language="es", now=now)
    (mail,) = mailoutbox
    assert mail.to == [EMAIL]
    assert "https://fanfare.example/accounts/confirm-email/" in mail.body
    assert "<" not in mail.subject


@pytest.mark.parametrize("role", [Role.ORGANIZER, Role.BRAND, Role.ADMIN, "nonsense"])
def test_other_roles_are_not_taken_but_granted(role: str, now: datetime, db: None) -> None:
    with pytest.raises(ValidationError) as refused:
        sign_up(actor=NOBODY, email=EMAIL, password=PASSWORD, role=role, now=now)
    assert [detail.field for detail in refused.value.details] == ["role"]
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short1!", "password_too_short"),
        ("password123", "password_too_common"),
        ("new@example.test", "password_too_similar"),
        ("Nina Novak", "password_too_similar"),
        ("x7" * 65, "password_too_long"),
    ],
)
def test_weak_passwords_are_refused_by_name(password: str, code: str, now: datetime, db: None) -> None:
    with pytest.raises(ValidationError) as refused:
        sign_up(actor=NOBODY, email=EMAIL, password=password, name="Nina Novak", now=now)
    assert [(detail.field, detail.code) for detail in refused.value.details] == [("password", code)]


def test_password_of_the_longest_length_is_taken(now: datetime, db: None) -> None:
    assert sign_up(actor=NOBODY, email=EMAIL, password="x7" * 64, now=now)


@pytest.mark.parametrize(("field", "value"), [("language", "de"), ("time_zone", "Mars/Olympus"), ("time_zone", "../x")])
def test_unknown_language_and_time_zone_are_refused(field: str, value: str, now: datetime, db: None) -> None:
    with pytest.raises(ValidationError) as refused:
        sign_up(actor=NOBODY, email=EMAIL, password=PASSWORD, now=now, **{field: value})
    assert [detail.field for detail in refused.value.details] == [field]


def test_known_e_mail_is_refused_in_any_case(fan: User, now: datetime) -> None:
    with pytest.raises(EmailTaken):
        sign_up(actor=NOBODY, email=fan.email.upper(), password=PASSWORD, now=now)
    assert User.objects.count() == 1


def test_refused_sign_up_leaves_no_mail(fan: User, now: datetime, mailoutbox: list[EmailMessage]) -> None:
    with pytest.raises(EmailTaken):
        sign_up(actor=NOBODY, email=fan.email, password=PASSWORD, now=now)
    assert mailoutbox == []


def test_client_sign_up_also_opens_a_client(now: datetime, db: None) -> None:
    signed = sign_up_client(
        actor=NOBODY, email=EMAIL, password=PASSWORD, name="", role=Role.FAN, language="fr", time_zone="UTC", now=now
    )
    assert RefreshFamily.objects.get().user == signed.user


def _outcome(now: datetime) -> str:
    try:
        sign_up(actor=NOBODY, email=EMAIL, password=PASSWORD, now=now)
    except Refusal as refusal:
        return refusal.code
    return "made"


@pytest.mark.django_db(transaction=True)
def test_two_sign_ups_at_the_same_moment_make_one_account(now: datetime) -> None:
    with racers() as pool:
        with transaction.atomic():
            first = _outcome(now)
            second = pool.start(_outcome, now)
            until_blocked_or_done(second)
        assert [first, second.result()] == ["made", "EMAIL_TAKEN"]
    assert User.objects.count() == 1


def test_granted_account_has_any_role_and_a_vouched_address(admin_user: User, now: datetime) -> None:
    user = grant_account(
        actor=acting(admin_user), email=EMAIL, password=PASSWORD, name="Ola", role=Role.ORGANIZER, now=now
    )
    assert user.role == Role.ORGANIZER
    assert verified(acting(user)) == user
    assert AuditEntry.objects.get().facts == {"role": "organizer"}


def test_platform_grants_accounts(now: datetime, db: None) -> None:
    assert grant_account(actor=platform(), email=EMAIL, password=PASSWORD, name="", role=Role.ADMIN, now=now)


def test_nobody_else_grants_accounts(organizer: User, now: datetime) -> None:
    for actor, refusal in ((acting(organizer), Forbidden), (NOBODY, AuthRequired)):
        with pytest.raises(refusal):
            grant_account(actor=actor, email=EMAIL, password=PASSWORD, name="", role=Role.ADMIN, now=now)


def test_createsuperuser_makes_an_admin(db: None) -> None:
    user = User.objects.create_superuser(EMAIL, PASSWORD)
    assert (user.role, user.is_staff, user.is_superuser) == (Role.ADMIN, True, True)
