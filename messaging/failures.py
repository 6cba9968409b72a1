"""What follows from a provider's error code: data, so that a new code is a new line.

Twilio's codes are explained at https://www.twilio.com/docs/api/errors/<code>; who does what is anchored in the product's
notes on SMS: retry what was never processed, never what the person or the carrier refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Consequence(StrEnum):
    """What a failure tells us about the address."""

    NONE = "none"
    UNREACHABLE = "unreachable"
    OPTED_OUT = "opted_out"


@dataclass(frozen=True, slots=True)
class Failure:
    """`delays`: seconds to wait before the second, third, … attempt; when they are used up the message has failed."""

    words: str | Promise
    delays: tuple[int, ...] = ()
    consequence: Consequence = Consequence.NONE


_BRIEFLY: Final = (5, 30, 120, 600)
UNKNOWN: Final = Failure(_("The provider did not say why."))
UNAVAILABLE: Final = Failure(_("The provider was not available."), delays=_BRIEFLY)

FAILURES: Final[Mapping[str, Failure]] = {
    "unavailable": UNAVAILABLE,
    "never_taken": Failure(_("The provider has no record of this message."), delays=(0, 0)),
    "20429": Failure(_("The provider was asked too often at once."), delays=_BRIEFLY),
    "20003": Failure(
        _("The provider refused our credentials."), delays=(60, 600, 3600)
    ),  # our fault, not the message's
    "21211": Failure(_("This is not a valid phone number."), consequence=Consequence.UNREACHABLE),
    "21614": Failure(_("This is not a mobile number."), consequence=Consequence.UNREACHABLE),
    "21635": Failure(_("This is a landline."), consequence=Consequence.UNREACHABLE),
    "21408": Failure(_("Messages to this region are not enabled with the provider.")),
    "21610": Failure(_("This number replied STOP."), consequence=Consequence.OPTED_OUT),
    "21611": Failure(_("The sender's queue at the provider is full."), delays=(600, 1800, 3600)),
    "21617": Failure(_("The text is too long.")),
    "30001": Failure(_("The sender's queue at the provider is full."), delays=(600, 1800, 3600)),
    "30002": Failure(_("The account with the provider is suspended.")),
    "30003": Failure(_("The phone is off or out of reach."), delays=(1200,)),
    "30004": Failure(_("The phone or its carrier blocks these messages.")),
    "30005": Failure(_("This number is not in service."), consequence=Consequence.UNREACHABLE),
    "30006": Failure(_("This is a landline, or its carrier cannot be reached."), consequence=Consequence.UNREACHABLE),
    "30007": Failure(_("The carrier filtered this message.")),
    "30008": Failure(_("The carrier did not say why."), delays=(60,)),
    "30022": Failure(_("The carrier's rate for this sender was exceeded."), delays=(30, 120, 600)),
    "30036": Failure(_("It could not be delivered in time.")),
    "30047": Failure(_("It could not be moved out of quiet hours."), delays=(3600,)),
}


def failure_of(code: str) -> Failure:
    """What the code means; UNKNOWN for codes without a line here."""
    return FAILURES.get(code, UNKNOWN)


def delay_before_next(code: str, *, attempt: int) -> int | None:
    """Seconds until the attempt after `attempt` (the first is 1), or None when there is none."""
    delays = failure_of(code).delays
    return delays[attempt - 1] if attempt <= len(delays) else None
