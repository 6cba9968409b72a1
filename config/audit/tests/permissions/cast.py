"""Who asks, and what they ask about: a night that everybody knows and one that only its own people know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from allauth.account.models import EmailAddress, EmailConfirmationHMAC

from accounts.models import Role, User
from accounts.tests.factories import UserFactory, confirm_email
from artists.tests.factories import ArtistFactory
from config.audit.tests.permissions.belongings import belongings_of
from events.links import confirm_code
from events.models import Attendee, Event, EventAccess, StaffRole
from events.tests.factories import AttendeeFactory, EventFactory, EventStaffFactory, SlotFactory
from messaging.links import preferences_token
from voting.control_steps import Action
from voting.links import vote_code
from voting.models import Ballot, Entry
from voting.tests.factories import BallotFactory, opened


class Who(StrEnum):
    """The columns of the matrix. Everybody but `NOBODY` is signed in and has confirmed the e-mail address."""

    NOBODY = "nobody"
    FAN = "fan"
    ATTENDEE = "attendee"
    PERFORMER = "artist"
    DEVELOPER = "developer"
    BRAND = "brand"
    OUTSIDER = "other organizer"
    DOOR = "door staff"
    MANAGER = "manager"
    OWNER = "organizer"
    ADMIN = "admin"


_ROLES: Final[Mapping[Who, Role]] = {
    Who.FAN: Role.FAN,
    Who.ATTENDEE: Role.FAN,
    Who.PERFORMER: Role.ARTIST,
    Who.DEVELOPER: Role.DEVELOPER,
    Who.BRAND: Role.BRAND,
    Who.OUTSIDER: Role.ORGANIZER,
    Who.DOOR: Role.FAN,
    Who.MANAGER: Role.ORGANIZER,
    Who.OWNER: Role.ORGANIZER,
    Who.ADMIN: Role.ADMIN,
}


@dataclass(frozen=True)
class Night:
    """An event with an open round, and what can be asked about it."""

    event: Event
    attendee: Attendee
    entry: Entry
    ballot: Ballot

    def samples(self) -> dict[str, Any]:
        """A value for each placeholder of an address (`<str:slug>`)."""
        assert self.attendee.phone
        confirmation = EmailConfirmationHMAC(EmailAddress.objects.get(user=self.event.owner))
        return {
            "event_id": self.event.public_id,
            "slug": self.event.slug,
            "number": self.entry.round.number,
            "artist_id": self.entry.slot.artist.public_id,
            "attendee_id": self.attendee.public_id,
            "receipt": self.ballot.receipt,
            "code": vote_code(self.attendee),
            "token": preferences_token(self.attendee.phone.pk, now=datetime.now(UTC)),
            "key": confirmation.key,
            "uidb36": "1",
            "section": "events",
            "pk": self.event.pk,
            "name": "close",
            "action": Action.CLOSE_ROUND.value,
            "app_label": "events",
            "content_type_id": 1,
            "object_id": self.event.pk,
            "kind": "invitation",
            "provider": "google",
            "channel": "email",
        }

    def samples_of(self, name: str) -> dict[str, Any]:
        """Where one placeholder means different things at different addresses."""
        places: dict[str, dict[str, Any]] = {
            "artist-pages:artist": {"slug": self.entry.slot.artist.slug},
            "event-pages:confirm": {"code": confirm_code(self.attendee)},
            "admin:voting_round_step": {"pk": self.entry.round.pk},
            "admin:events_attendee_take_off": {"pk": self.attendee.pk},
            "admin:analytics-month": {"key": "2026-11"},
            "accounts:setting": {"key": "theme"},
            **_administration(self.event),
        }
        return places.get(name) or belongings_of(self.event.owner).get(name, {})


def _administration(event: Event) -> dict[str, dict[str, Any]]:
    """What only admins work on: the account of the night's attendee, what is set while the platform runs, its jobs."""
    user = event.attendees.exclude(user=None).get().user
    assert user
    setting, again = {"key": "sign_up"}, {"key": "exports", "public_id": "0" * 16}
    acts = ("user", "suspend", "restore", "role", "sign-out")
    return {
        **{f"accounts:admin-{act}": {"public_id": user.public_id} for act in acts},
        "admin:accounts_user_act": {"pk": user.pk, "name": "suspend"},
        "admin:platform-setting": setting,
        "admin:platform-setting-revert": setting | {"version": 1},
        "accounts:admin-setting": setting,
        "accounts:admin-setting-history": setting,
        "admin:jobs-redrive": again,
        "accounts:admin-redrive": again,
    }


def company() -> dict[Who, User | None]:
    """One of each."""
    people: dict[Who, User | None] = {who: confirm_email(UserFactory.create(role=role)) for who, role in _ROLES.items()}
    return {Who.NOBODY: None} | people


def night(people: dict[Who, User | None], access: EventAccess) -> Night:
    """Live, with everybody in their place and one ballot cast."""
    event = EventFactory.create(live=True, owner=people[Who.OWNER], access=access)
    EventStaffFactory.create(event=event, user=people[Who.MANAGER], role=StaffRole.MANAGER)
    EventStaffFactory.create(event=event, user=people[Who.DOOR], role=StaffRole.DOOR)
    AttendeeFactory.create(event=event, signed_in=True, user=people[Who.ATTENDEE])
    SlotFactory.create(event=event, artist=ArtistFactory.create(claimed=True, owner=people[Who.PERFORMER]))
    SlotFactory.create(event=event)
    _round, entries = opened(event)
    attendee = AttendeeFactory.create(event=event)
    return Night(event, attendee, entries[0], BallotFactory.create(round=_round, entry=entries[0], attendee=attendee))
