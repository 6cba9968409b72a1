"""Venues: where events take place."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from accounts.policies import require_scope, signed_in
from config.lib.cleaning import check_fields
from events.models import Venue


@dataclass(frozen=True, slots=True)
class NewVenue:
    """A place that may be known already; `country` is ISO 3166-1 alpha-2, `timezone` an IANA name."""

    name: str
    city: str
    country: str
    timezone: str
    street: str = ""


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
    check_fields(made, ("name", "street", "city", "country", "timezone"))
    known = Venue.objects.filter(**described).order_by("pk").first()
    if known:
        return known
    made.save()
    audit.record(actor=actor, action="venue.create", subject=made, now=now)
    return made
