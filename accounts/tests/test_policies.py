"""The base of all policies."""

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress

from accounts.actors import ALL_SCOPES, Actor, Via, platform
from accounts.models import Role, User
from accounts.policies import (
    EVERYONE,
    ORGANIZING,
    ROLE_SCOPES,
    EmailUnverified,
    require_admin,
    require_scope,
    require_verified,
    scopes_of,
    signed_in,
    verified,
)
from accounts.tests.factories import UserFactory, confirm_email
from config.lib.errors import AuthRequired, Forbidden, InsufficientScope
from config.tests.fixtures import acting


def _keyed(user: User, *scopes: str) -> Actor:
    return Actor(via=Via.API, user=user, scopes=frozenset(scopes))


def test_every_role_has_scopes() -> None:
    assert set(ROLE_SCOPES) == set(Role)


@pytest.mark.parametrize("role", Role.values)
def test_role_gives_its_scopes(role: str, db: None) -> None:
    assert scopes_of(acting(UserFactory.create(role=role))) == ROLE_SCOPES[role]


def test_key_is_cut_down_to_its_scopes_and_to_its_role(fan: User) -> None:
    assert scopes_of(_keyed(fan, "events:read", "events:write")) == {"events:read"}


def test_key_of_an_admin_carries_only_its_own_scopes(admin_user: User) -> None:
    assert scopes_of(_keyed(admin_user, "events:read")) == {"events:read"}


def test_platform_may_everything_and_nobody_nothing(db: None) -> None:
    assert scopes_of(platform()) == ALL_SCOPES
    assert scopes_of(acting(None)) == frozenset()


def test_job_of_a_user_is_not_the_platform(fan: User) -> None:
    assert scopes_of(acting(fan, Via.JOB)) == EVERYONE


def test_inactive_account_has_no_scopes_and_is_not_signed_in(fan: User) -> None:
    fan.is_active = False
    assert scopes_of(acting(fan)) == frozenset()
    with pytest.raises(AuthRequired):
        require_scope(acting(fan), "profile:read")


def test_missing_scope_is_told_apart_from_missing_user(fan: User) -> None:
    require_scope(acting(fan), "events:read")
    for scope in ORGANIZING:
        with pytest.raises(InsufficientScope):
            require_scope(acting(fan), scope)
        with pytest.raises(AuthRequired):
            require_scope(acting(None), scope)


def test_signed_in_is_the_user_or_refused(fan: User) -> None:
    assert signed_in(acting(fan)) == fan
    with pytest.raises(AuthRequired):
        signed_in(acting(None))


def test_only_admin_and_platform_are_admin(admin_user: User, organizer: User) -> None:
    require_admin(acting(admin_user))
    require_admin(platform())
    with pytest.raises(Forbidden):
        require_admin(acting(organizer))
    with pytest.raises(AuthRequired):
        require_admin(acting(None))


def _another_address(user: User) -> None:
    EmailAddress.objects.create(user=user, email="other@example.test", verified=True)


def _unconfirmed(user: User) -> None:
    EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)


@pytest.mark.parametrize("so_far", [lambda user: None, _unconfirmed, _another_address])
def test_unconfirmed_account_is_limited(so_far: Callable[[User], None], fan: User) -> None:
    so_far(fan)
    for policy in (verified, require_verified):
        with pytest.raises(EmailUnverified):
            policy(acting(fan))


def test_confirmed_account_is_not(fan: User) -> None:
    assert verified(acting(confirm_email(fan))) == fan
    require_verified(acting(fan))
    require_verified(platform())
    with pytest.raises(AuthRequired):
        verified(platform())
