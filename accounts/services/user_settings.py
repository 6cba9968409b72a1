"""Changing what is set for oneself."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.audit import record
from accounts.models import User, UserSetting
from accounts.policies import signed_in
from accounts.user_settings import Setting, Value, chosen, setting_named


@transaction.atomic
def put_setting(*, actor: Actor, key: str, value: object, now: datetime) -> Setting:
    """Set one key of the actor's own; the default leaves no row. Returns the setting.

    Raises AuthRequired, NotFound for a key that nothing knows, ValidationError.
    """
    user = signed_in(actor)
    setting = setting_named(key)
    setting.require(value)
    rows = UserSetting.objects.filter(user=user)
    if value == setting.default:
        rows.filter(key=key).delete()
    else:
        row = UserSetting(user=user, key=key, value=value, changed_at=now)
        UserSetting.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["user", "key"], update_fields=["value", "changed_at"]
        )
    user.chosen = None
    record(actor=actor, action="user.set", subject=user, now=now, key=key)
    return setting


@transaction.atomic
def put_settings(*, actor: Actor, values: Mapping[str, Value], now: datetime) -> User:
    """Set those of `values` that differ from what is set. Raises what `put_setting` raises."""
    user = signed_in(actor)
    user.chosen = None
    chosen(user)
    changed = {key: value for key, value in values.items() if setting_named(key).of(user) != value}
    for key, value in changed.items():
        put_setting(actor=actor, key=key, value=value, now=now)
    return user
