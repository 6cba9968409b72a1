"""Venues: where events take place."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypedDict

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from accounts.policies import require_scope, signed_in
from config.lib.cleaning import check_fields
from config.lib.errors import NotFound, StaleVersion
from events.models import Venue
from events.policies import venues_of

_FIELDS: Final = ("name", "street", "city", "country", "timezone")


@dataclass(frozen=True, slots=True)
class NewVenue:
    """A place that may be known already; `country` is ISO 3166-1 alpha-2, `timezone` an IANA name."""

    name: str
    city: str
    country: str
    timezone: str
    street: str = ""


class VenueChanges(TypedDict, total=False):
    """What an edit may change."""

    name: str
    street: str
    city: str
    country: str
    timezone: str


@transaction.atomic
def create(*, actor: Actor, venue: NewVenue, now: datetime) -> Venue:
    """The organizer's venue of exactly this description, made if there is none.

    Raises AuthRequired, InsufficientScope, ValidationError.
    """
    require_scope(actor, "events:write")
    described = {
        "owner": signed_in(actor),
        "name": venue.name,
        "street": venue.street,
        "city": venue.city,
        "country": venue.country,
        "timezone": venue.timezone,
    }
    made = Venue(**described)
    check_fields(made, _FIELDS)
    known = Venue.objects.filter(**described).order_by("pk").first()
    if known:
        return known
    made.save()
    audit.record(actor=actor, action="venue.create", subject=made, now=now)
    return made


@transaction.atomic
def edit(
    *, actor: Actor, public_id: str, changes: VenueChanges, expected_version: int | None = None, now: datetime
) -> Venue:
    """The venue with these changes, one version on; without any it stays as it is. Its events move with it: their
    moments stay, the clock they are shown by is the venue's.

    Raises AuthRequired, InsufficientScope, NotFound for venues of others, StaleVersion, ValidationError.
    """
    venue = venues_of(actor).select_for_update(no_key=True).filter(public_id=public_id).first()
    if venue is None:
        raise NotFound
    if expected_version not in (None, venue.version):
        raise StaleVersion
    if not changes:
        return venue
    for name, value in changes.items():
        setattr(venue, name, value)
    check_fields(venue, _FIELDS)
    venue.version += 1
    venue.save()
    audit.record(actor=actor, action="venue.edit", subject=venue, now=now, changed=sorted(changes))
    return venue
