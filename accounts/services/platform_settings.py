"""Setting things for the whole platform while it runs."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.actors import Actor
from accounts.audit import record
from accounts.models import PlatformSetting, PlatformSettingChange
from accounts.platform_settings import refresh, setting_named
from accounts.policies import require_admin
from accounts.services.suspending import require_reason
from config.lib.errors import NotFound, StaleVersion


def put_platform_setting(
    *, actor: Actor, key: str, value: object, reason: str, now: datetime, expected_version: int | None = None
) -> PlatformSetting:
    """Set one key; None for `value` is what the environment says again. It holds here at once, everywhere within two seconds.

    Returns the row. Raises AuthRequired, Impersonated, Forbidden, NotFound for a key that nothing knows, ValidationError, and
    StaleVersion when `expected_version` is no longer the stored one (0: never set).
    """
    require_admin(actor)
    setting = setting_named(key)
    if value is not None:
        setting.require(value)
    return _store(
        actor, key=key, value=value, reason=require_reason(reason), expected_version=expected_version, now=now
    )


def revert_platform_setting(
    *, actor: Actor, key: str, version: int, reason: str, now: datetime, expected_version: int | None = None
) -> PlatformSetting:
    """Set one key to what it was set to by an earlier change; 0 is what the environment says.

    Raises what `put_platform_setting` raises, and NotFound for a version there never was.
    """
    require_admin(actor)
    value: object = None
    if version:
        change = PlatformSettingChange.objects.filter(setting__key=key, version=version).first()
        if change is None:
            raise NotFound
        value = change.value
    return put_platform_setting(
        actor=actor, key=key, value=value, reason=reason, now=now, expected_version=expected_version
    )


@transaction.atomic
def _store(
    actor: Actor, *, key: str, value: object, reason: str, expected_version: int | None, now: datetime
) -> PlatformSetting:
    row, _is_new = PlatformSetting.objects.get_or_create(key=key, defaults={"changed_at": now})
    mine = PlatformSetting.objects.filter(pk=row.pk)
    if expected_version is not None:
        mine = mine.filter(version=expected_version)
    if not mine.update(value=value, version=F("version") + 1, changed_at=now):
        raise StaleVersion
    row = PlatformSetting.objects.get(pk=row.pk)
    entry = record(
        actor=actor.because(reason), action="platform.set", subject=row, now=now, key=key, version=row.version
    )
    PlatformSettingChange.objects.create(
        setting=row, version=row.version, value=value, reason=reason, at=now, entry=entry
    )
    transaction.on_commit(refresh)
    return row
