"""Which attendees one signed-in person is.

Known by the account, by the verified phone, by the verified mail address; several attendees of one event that were found to
be one person are a pair: the older one stands, the younger was merged into it (product.md, "Who owns what about a person").
"""

from typing import Final

from django.db.models import Case, Exists, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.persons import Person
from events.models import Attendee, AttendeeStatus
from events.querysets import AttendeeQuerySet
from messaging.models import Address, Channel

# Where one person stands twice at an event and nobody has merged them yet, the one that is further in is shown.
_FURTHEST_IN: Final = Case(
    When(status=AttendeeStatus.CONFIRMED, then=Value(0)), When(status=AttendeeStatus.PENDING, then=Value(1)), default=2
)


def standing_attendees(user: User) -> AttendeeQuerySet:
    """Everyone this user is, without those merged into another; maybe several at one event."""
    return Attendee.objects.filter(pk__in=_known_as(user).values(standing=Coalesce("merged_into", "pk")))


def all_attendees(user: User) -> AttendeeQuerySet:
    """Everyone this user is or was: those who stand, and those merged into them, where older ballots are."""
    standing = standing_attendees(user).values("pk")
    merged = Attendee.objects.filter(merged_into__in=standing).values("pk")
    return Attendee.objects.filter(pk__in=standing.union(merged))  # not by OR, which reads every attendee there is


def one_per_event(user: User) -> AttendeeQuerySet:
    """The one attendee this user is at each event. `under_account` is whether the account itself is known there."""
    chosen = standing_attendees(user).order_by("event", _FURTHEST_IN, "pk").distinct("event")
    same_person = Attendee.objects.filter(merged_into=OuterRef("pk"), user=user)
    return Attendee.objects.filter(pk__in=chosen.values("pk")).annotate(
        under_account=Case(When(user=user, then=Value(True)), default=Exists(same_person))
    )


def attendees_of(person: Person) -> AttendeeQuerySet:
    """Everyone this person is or was, known by whatever is theirs: for the export, and to be forgotten."""
    addresses = list(Address.objects.of(person).values_list("pk", flat=True))
    mine = Attendee.objects.filter(Q(user=person.user) | Q(phone__in=addresses) | Q(email__in=addresses))
    ids = list(mine.values_list("pk", flat=True))
    return Attendee.objects.filter(Q(pk__in=ids) | Q(merged_into__in=ids))


def _known_as(user: User) -> AttendeeQuerySet:
    """By scalar subqueries, so that PostgreSQL may read all three indexes at once."""
    proven = Address.objects.proven_by(user)
    phone, mailbox = (
        Subquery(proven.filter(channel=channel).values("pk")[:1]) for channel in (Channel.SMS, Channel.EMAIL)
    )
    return Attendee.objects.filter(Q(user=user) | Q(phone=phone) | Q(email=mailbox))
