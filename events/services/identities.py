"""What a signed-in person is known by: the account, the verified phone, the verified mail address."""

from dataclasses import dataclass

from django.db.models import Q

from accounts.models import User
from accounts.persons import person_of
from events.models import Attendee, Event
from messaging.models import Address, Channel
from messaging.services.addresses import address_for


@dataclass(frozen=True, slots=True)
class Identities:
    """One person. What is not verified is nobody's, so it is not here."""

    user: User
    phone: Address | None
    email: Address | None

    @property
    def address_id(self) -> int | None:
        """Where this person's agreement is filed: the phone, else the mail address."""
        address = self.phone or self.email
        return address.pk if address else None

    def at(self, event: Event) -> Q:
        """Attendees of the event who are this person."""
        mine = Q(user=self.user)
        if self.phone:
            mine |= Q(phone=self.phone)
        if self.email:
            mine |= Q(email=self.email)
        return Q(event=event) & mine

    def columns(self) -> dict[str, User | Address | None]:
        """For a new attendee."""
        return {"user": self.user, "phone": self.phone, "email": self.email}

    def complete(self, attendee: Attendee, all_rows: list[Attendee]) -> None:
        """Write on the attendee what it does not know yet and no other row of the person holds (they stay where they are)."""
        changed = []
        for name, value in self.columns().items():
            held = any(getattr(row, f"{name}_id") for row in all_rows)
            if value is not None and not held:
                setattr(attendee, name, value)
                changed.append(name)
        attendee.save(update_fields=changed)


def identities_of(user: User) -> Identities:
    """Everything verified about this user; addresses are made where messaging has none yet."""
    person = person_of(user)
    return Identities(
        user=user,
        phone=address_for(channel=Channel.SMS, value=person.phone, user=user) if person.phone else None,
        email=address_for(channel=Channel.EMAIL, value=person.emails[0], user=user) if person.emails else None,
    )
