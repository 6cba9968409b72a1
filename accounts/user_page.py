"""What the console says about one account, for whoever helps its owner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from allauth.account.models import EmailAddress
from django.utils.translation import gettext as _

from accounts import known_browsers, lockouts
from accounts.audit_words import Words, done, through
from accounts.devices import device_of
from accounts.models import ApiKey, AuditEntry, AuditPerson, BrowserSession, RefreshFamily, Role, Suspension, User
from accounts.second_factors import second_factors_of
from config.lib.errors import Unavailable

_LATEST: Final = 12


@dataclass(frozen=True, slots=True)
class Device:
    """A browser or an app they are signed in with; `looked_by` is the admin who looks as them there, "" for themselves."""

    name: str
    address: str
    last_seen: datetime
    looked_by: str


@dataclass(frozen=True, slots=True)
class Line:
    """Something they did, or that was done to them; `by` is who did it, with who looked as them."""

    at: datetime
    what: Words
    by: str
    through: Words
    why: str


@dataclass(frozen=True, slots=True)
class UserPage:
    """`locked_for` is in seconds, 0 for an account that is open, None while nobody can say."""

    user: User
    is_confirmed: bool
    suspension: Suspension | None
    factors: Sequence[str]
    locked_for: int | None
    devices: Sequence[Device]
    keys: Sequence[ApiKey]
    lines: Sequence[Line]
    acts: Sequence[str]


def user_page(user: User, *, by: User, now: datetime) -> UserPage:
    """A handful of queries, each of a few rows."""
    suspension = Suspension.objects.filter(user=user, ended_at__isnull=True).select_related("by").first()
    is_confirmed = EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists()
    locked_for = _locked_for(user, now)
    return UserPage(
        user=user,
        is_confirmed=is_confirmed,
        suspension=suspension,
        factors=_factors(user),
        locked_for=locked_for,
        devices=_devices(user, now),
        keys=list(ApiKey.objects.filter(user=user).alive(now=now).order_by("-id")[:_LATEST]),
        lines=_lines(user),
        acts=[name for name, offered in _offered(user, by, suspension, is_confirmed, locked_for) if offered],
    )


def _offered(
    user: User, by: User, suspension: Suspension | None, is_confirmed: bool, locked_for: int | None
) -> Sequence[tuple[str, bool]]:
    other = user != by
    return (
        ("look", other and user.is_active and user.role != Role.ADMIN),
        ("role", other and user.is_active),
        ("sign-out", True),
        ("reset", user.is_active),
        ("verify", user.is_active and not is_confirmed),
        ("unlock", bool(locked_for)),
        ("factors", other and user.second_factor_at is not None),
        ("suspend", other and user.is_active),
        ("restore", suspension is not None),
    )


def _locked_for(user: User, now: datetime) -> int | None:
    try:
        return lockouts.locked_for(f"account:{known_browsers.account_of(user.email)}", now=now)
    except Unavailable:
        return None


def _factors(user: User) -> list[str]:
    factors = second_factors_of(user)
    said = [_("App that makes codes")] if factors.app_added else []
    said += [_("Passkey “%(name)s”") % {"name": passkey.name} for passkey in factors.passkeys]
    if factors.are_on:
        left = {"left": factors.codes_left, "made": factors.codes_made}
        said.append(_("%(left)s of %(made)s recovery codes left") % left)
    return said


def _devices(user: User, now: datetime) -> list[Device]:
    sessions = BrowserSession.objects.filter(user=user, expire_date__gt=now).select_related("impersonation__admin")
    clients = RefreshFamily.objects.alive(now=now).filter(user=user)
    found = [
        Device(
            str(device_of(row.user_agent)),
            row.address or "",
            row.last_seen_at,
            row.impersonation.admin.known_as if row.impersonation and row.impersonation.admin else "",
        )
        for row in sessions.order_by("-last_seen_at")[:_LATEST]
    ]
    found += [
        Device(str(device_of(row.user_agent)), row.address or "", row.last_used_at, "")
        for row in clients.order_by("-last_used_at")[:_LATEST]
    ]
    return sorted(found, key=lambda device: device.last_seen, reverse=True)[:_LATEST]


def _lines(user: User) -> list[Line]:
    to_them = AuditEntry.objects.filter(subject_type="accounts.user", subject_id=user.public_id)
    entries = to_them.select_related("person__user", "person__impersonator").order_by("-id")[:_LATEST]
    return [_line(entry) for entry in entries]


def _line(entry: AuditEntry) -> Line:
    person: AuditPerson | None = getattr(entry, "person", None)
    by = person.user.known_as if person and person.user else _("The platform itself") if person is None else ""
    if person and person.impersonator:
        by = _("%(admin)s as %(user)s") % {"admin": person.impersonator.known_as, "user": by}
    return Line(entry.at, done(entry.action), by, through(entry.channel), person.why if person else "")
