"""Known devices, and the mail to their owner when somebody signs in on another one."""

import hashlib
import ipaddress
from dataclasses import replace
from datetime import datetime
from typing import Final

import structlog
from allauth.account.adapter import get_adapter
from django.db import transaction

from accounts.actors import Actor
from accounts.audit import record
from accounts.devices import device_of
from accounts.models import KnownDevice, User
from config.lib.errors import Unavailable

logger = structlog.get_logger(__name__)

_IPV4_PREFIX: Final = 24  # a household's or a venue's
_IPV6_PREFIX: Final = 48  # a site's (RFC 6177)


@transaction.atomic
def recognise(*, actor: Actor, user: User, now: datetime, is_known: bool = False) -> None:
    """Remember the device that `user` has just signed in on, and write to them if it is a new one.

    A device is known when its browser says so (`is_known`: by the cookie of a known browser), or when the same kind of
    browser on the same kind of system came from the same network before. An account that knows no device yet gets no mail:
    its first one is the one it signed up on.
    """
    devices, mark = KnownDevice.objects.filter(user=user), _mark(user, actor)
    was_here = devices.filter(mark=mark).exists()
    KnownDevice.objects.bulk_create(
        [KnownDevice(user=user, mark=mark, last_seen_at=now)],
        update_conflicts=True,
        unique_fields=["user", "mark"],
        update_fields=["last_seen_at"],
    )
    if not is_known and not was_here and devices.exclude(mark=mark).exists():
        record(actor=replace(actor, user=user), action="user.new_device", subject=user, now=now)
        _tell(actor, user, now)


def _mark(user: User, actor: Actor) -> str:
    """How and from where they come. Of this user alone, so that two accounts on one device share nothing."""
    device = device_of(actor.user_agent)
    seen = (user.public_id, device.browser, device.system, _network(actor.address))
    return hashlib.sha256("|".join(seen).encode()).hexdigest()


def _network(address: str | None) -> str:
    if not address:
        return ""
    is_ipv4 = isinstance(ipaddress.ip_address(address), ipaddress.IPv4Address)
    prefix = _IPV4_PREFIX if is_ipv4 else _IPV6_PREFIX
    return str(ipaddress.ip_network(f"{address}/{prefix}", strict=False))


def _tell(actor: Actor, user: User, now: datetime) -> None:
    """Where no mail can leave, signing in works all the same."""
    try:
        get_adapter().send_mail(
            "account/email/new_device",
            user.email,
            {"user": user, "device": device_of(actor.user_agent), "address": actor.address, "at": now},
        )
    except Unavailable:
        logger.warning("accounts.new_device_untold")
