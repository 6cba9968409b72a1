"""What people say about themselves."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from zoneinfo import available_timezones

from django.db import transaction
from django.db.models import Case, DateTimeField, F, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.audit import record
from accounts.models import Language, UploadKind, User
from accounts.policies import signed_in
from accounts.services.uploads import drop_upload, use_upload
from config.lib.errors import Detail, StaleVersion, ValidationError
from config.lib.phone_numbers import e164


@cache
def time_zones() -> frozenset[str]:
    """Every name of the IANA time zone database of this machine."""
    return frozenset(available_timezones())


def require_time_zone(name: str) -> None:
    """Raises ValidationError unless `name` is a zone of the IANA time zone database."""
    if name not in time_zones():
        message = _("This is not a time zone we know. Use a name such as Europe/Madrid.")
        raise ValidationError(details=[Detail("time_zone", "unknown_time_zone", message)])


def require_language(code: str) -> None:
    """Raises ValidationError unless we speak it."""
    if code not in Language.values:
        raise ValidationError(details=[Detail("language", "invalid_choice", _("Choose en, es or fr."))])


def phone_number(phone: str) -> str:
    """The number in E.164 ("+12025550123"); "" stays "". Raises ValidationError."""
    if not phone:
        return ""
    number = e164(phone)
    if not number:
        message = _("This is not a phone number. Write it with its country, for example +12025550123.")
        raise ValidationError(details=[Detail("phone", "not_a_phone_number", message)])
    return number


@transaction.atomic
def edit_profile(
    *,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
    name: str | None = None,
    language: str | None = None,
    time_zone: str | None = None,
    phone: str | None = None,
    avatar: str | None = None,
) -> User:
    """Change the actor's own profile; None leaves a value as it is. Returns the user as stored.

    Another phone number is an unverified one. `avatar` is the public id of an upload, "" for none. Raises AuthRequired, ValidationError, and StaleVersion when
    `expected_version` is no longer the stored one.
    """
    user = signed_in(actor)
    asked = {"name": name, "language": language, "time_zone": time_zone, "phone": phone}
    changes: dict[str, str | None] = {field: value for field, value in asked.items() if value is not None}
    if not changes and avatar is None and expected_version in {None, user.version}:
        return user
    if language is not None:
        require_language(language)
    if time_zone is not None:
        require_time_zone(time_zone)
    if phone is not None:
        changes["phone"] = phone_number(phone)
    if avatar is not None:
        changes["avatar_id"] = _face(user, avatar)
    return _store(actor, user, changes, expected_version=expected_version, now=now)


def _face(user: User, public_id: str) -> str | None:
    """The avatar from now on; the one before is dropped. Two changes at once take turns, so that none is left in use."""
    before = User.objects.select_for_update(no_key=True).get(pk=user.pk).avatar_id or ""
    if public_id == before:
        return before or None
    if public_id:
        use_upload(owner=user, public_id=public_id, kind=UploadKind.AVATAR, field="avatar")
    if before:
        drop_upload(public_id=before)
    return public_id or None


def _store(
    actor: Actor, user: User, changes: Mapping[str, str | None], *, expected_version: int | None, now: datetime
) -> User:
    mine = User.objects.filter(pk=user.pk)
    if expected_version is not None:
        mine = mine.filter(version=expected_version)
    same_phone = When(phone=changes.get("phone", F("phone")), then=F("phone_verified_at"))
    verified_at = Case(same_phone, default=Value(None), output_field=DateTimeField(null=True))
    if not mine.update(**changes, phone_verified_at=verified_at, version=F("version") + 1):
        raise StaleVersion
    stored = User.objects.get(pk=user.pk)
    record(
        actor=actor,
        action="user.edit_profile",
        subject=stored,
        now=now,
        fields=sorted(name.removesuffix("_id") for name in changes),
    )
    return stored
