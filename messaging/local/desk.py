"""The desk the local phones lie on. Which ones, and which of our numbers they text, stands in the address alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from config.lib.phone_numbers import e164
from messaging.local.conversations import Said, conversations, spoken
from messaging.local.forms import TextForm
from messaging.models import Channel, Sender
from messaging.services.senders import platform_sender

MOST_PHONES: Final = 8
_AT_FIRST: Final = 3
# Numbers that are kept free for films and belong to nobody: 07700 900000 to 900999 in the United Kingdom
# (https://www.ofcom.org.uk/phones-and-broadband/phone-numbers/numbers-for-drama), 06 39 98 in France (Arcep 2022-1583).
INVENTED: Final = (
    "+447700900101",
    "+447700900102",
    "+33639980101",
    "+447700900103",
    "+447700900104",
    "+33639980102",
    "+447700900105",
    "+447700900106",
)


class Link(NamedTuple):
    """Shaped as the link of tabs."""

    label: str
    href: str
    current: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Phone:
    """A phone on the desk. `kept` and `problem` are what it wanted to say and why that was not taken."""

    number: str
    spoken: str
    said: Sequence[Said]
    put_away: str
    problem: str = ""
    kept: str = ""

    @property
    def id(self) -> str:
        return f"phone-{self.number.removeprefix('+')}"

    @property
    def form(self) -> TextForm:
        return TextForm(initial={"phone": self.number, "text": self.kept}, auto_id=f"{self.id}-%s")


@dataclass(frozen=True, slots=True)
class Desk:
    """E.164 numbers: the phones in their order, and the one of ours that they text."""

    phones: tuple[str, ...]
    number: str

    @property
    def path(self) -> str:
        return reverse("local:phones")

    @property
    def query(self) -> str:
        return urlencode([*(("phone", phone) for phone in self.phones), ("number", self.number)])

    @property
    def address(self) -> str:
        return f"{self.path}?{self.query}"

    @property
    def live_address(self) -> str:
        """Where the screens alone are."""
        return f"{reverse('local:screens')}?{self.query}"

    @property
    def spoken(self) -> str:
        return spoken(self.number)

    @property
    def is_full(self) -> bool:
        return len(self.phones) >= MOST_PHONES

    @property
    def next_phone(self) -> str:
        """An invented number that is not on the desk; "" when none is left."""
        return next((phone for phone in INVENTED if phone not in self.phones), "")

    def with_phone(self, phone: str) -> "Desk":
        return self if phone in self.phones or self.is_full else Desk((*self.phones, phone), self.number)

    def without_phone(self, phone: str) -> "Desk":
        return Desk(tuple(each for each in self.phones if each != phone), self.number)

    def laid(self, *, problem: str = "", kept: str = "", of: str = "") -> list[Phone]:
        """The phones with their texts; `problem` and `kept` stand on the phone `of` that number. Two queries."""
        said = conversations(self.phones, self.number)
        return [
            Phone(
                number=phone,
                spoken=spoken(phone),
                said=said.get(phone, ()),
                put_away=self.without_phone(phone).address,
                problem=problem if phone == of else "",
                kept=kept if phone == of else "",
            )
            for phone in self.phones
        ]


def desk_of(asked: QueryDict) -> tuple[Desk, list[Link]]:
    """The desk of this query, and every number of ours it could text. What cannot be read is left out. One query."""
    numbers = list(
        Sender.objects.filter(channel=Channel.SMS, active=True).order_by("pk").values_list("value", flat=True)
    )
    numbers = numbers or [platform_sender().value]
    wanted = asked.get("number", "")
    phones = dict.fromkeys(phone for text in asked.getlist("phone") if (phone := e164(text)))
    desk = Desk(tuple(phones)[:MOST_PHONES] or INVENTED[:_AT_FIRST], wanted if wanted in numbers else numbers[0])
    return desk, [Link(spoken(each), Desk(desk.phones, each).address, each == desk.number) for each in numbers]
