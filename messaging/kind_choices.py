"""Which kinds of message an account wants, by which channel. The gate asks the same rows that people change."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from allauth.account.models import EmailAddress
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import User
from messaging.kinds import ACCOUNT, Words, choices, kind_in_words
from messaging.models import Address, Channel, TurnedOff

_ALWAYS_BY: Final = (Channel.EMAIL, Channel.SMS)


@dataclass(frozen=True, kw_only=True, slots=True)
class KindChoice:
    """A kind, and for each channel it is sent by whether it comes. `is_fixed`: it always does."""

    kind: str
    words: Words
    channels: dict[Channel, bool]
    is_fixed: bool = False


def kind_choices_of(user: User) -> list[KindChoice]:
    """What cannot be chosen first, then all that can. One query."""
    off = set(TurnedOff.objects.filter(user=user).values_list("kind", "channel"))
    always = KindChoice(
        kind=ACCOUNT, words=kind_in_words(ACCOUNT), channels=dict.fromkeys(_ALWAYS_BY, True), is_fixed=True
    )
    return [always] + [
        KindChoice(
            kind=kind,
            words=kind_in_words(kind),
            channels={Channel(channel): (kind, channel) not in off for channel in channels},
        )
        for kind, channels in choices().items()
    ]


def turned_off_for(addresses: Iterable[Address]) -> set[tuple[int, str]]:
    """(address id, kind) of what the accounts turned off that have shown these addresses to be theirs.

    One query, none without addresses. An address that nobody has verified is nobody's to turn anything off for.
    """
    by_value = {(address.channel, address.value): address.pk for address in addresses}
    if not by_value:
        return set()
    values = [value for _channel, value in by_value]
    verified = EmailAddress.objects.filter(user=OuterRef("user"), email=OuterRef("user__email"), verified=True)
    mail = Q(Exists(verified), channel=Channel.EMAIL, user__email__in=values)
    texts = Q(channel=Channel.SMS, user__phone__in=values, user__phone_verified_at__isnull=False)
    rows = TurnedOff.objects.filter(mail | texts)
    found = set()
    for kind, channel, email, phone in rows.values_list("kind", "channel", F("user__email"), F("user__phone")):
        value = email if channel == Channel.EMAIL else phone
        if (channel, value) in by_value:
            found.add((by_value[channel, value], kind))
    return found


def off_in_account(address: Address) -> list[Words]:
    """What the account of this address has turned off for it, in words."""
    return [kind_in_words(kind) for _address, kind in sorted(turned_off_for([address]))]
