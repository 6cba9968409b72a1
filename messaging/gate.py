"""The one gate: whether a message may go, later, or not at all. Nothing is sent that it did not allow.

A pure function over facts, asked when a message is planned and again when it is handed over (and once when a text is
answered). What it said is kept with the message each time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from messaging.models import Channel, ConsentDecision, Purpose

RULES_VERSION: Final = 2
EQUAL_TEXTS: Final = 20  # to one address; more within the window is a loop between two machines
EQUAL_TEXTS_WINDOW: Final = timedelta(minutes=5)
KILL_SWITCH_PAUSE: Final = timedelta(minutes=1)

# One confirmation of a STOP, and help to whoever asks for it, reach people who opted out (CTIA, api.md).
_DESPITE_OPT_OUT: Final = frozenset({"stop_done", "help"})


class Outcome(StrEnum):
    ALLOW = "allow"
    HOLD = "hold"
    SKIP = "skip"


class Asked(StrEnum):
    """On what occasion the gate was asked."""

    PLAN = "plan"
    SUBMIT = "submit"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class GateFacts:
    """Everything the rules look at. `consent` is the last word of this address on this purpose and topic."""

    now: datetime
    channel: Channel
    purpose: Purpose
    kind: str
    sending_enabled: bool
    sender_active: bool
    opted_out: bool
    consent: ConsentDecision | None
    unreachable: bool
    turned_off: bool = False
    expires_at: datetime | None = None
    equal_texts: int = 0
    provider_answers: bool = False
    allowance_used_up: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What the gate said; `reason` is a stable word, `until` is set for a hold."""

    outcome: Outcome
    reason: str = ""
    until: datetime | None = None

    @property
    def allows(self) -> bool:
        return self.outcome is Outcome.ALLOW

    def record(self, *, asked: Asked, now: datetime) -> dict[str, Any]:
        """The entry for `Message.decisions`."""
        entry = {"asked": asked, "at": now.isoformat(), "outcome": self.outcome, "rules": RULES_VERSION}
        if self.reason:
            entry["reason"] = self.reason
        return entry | ({"until": self.until.isoformat()} if self.until else {})


ALLOW: Final = Decision(Outcome.ALLOW)
Rule = Callable[[GateFacts], Decision | None]


def _skip(reason: str) -> Decision:
    return Decision(Outcome.SKIP, reason)


def _kill_switch(facts: GateFacts) -> Decision | None:
    if facts.sending_enabled:
        return None
    if facts.purpose == Purpose.REPLY:  # an answer is given now or never
        return _skip("sending_stopped")
    return Decision(Outcome.HOLD, "sending_stopped", facts.now + KILL_SWITCH_PAUSE)


def _sender_ready(facts: GateFacts) -> Decision | None:
    return None if facts.sender_active else _skip("sender_inactive")


def _provider_silent(facts: GateFacts) -> Decision | None:
    """Where the provider itself answered STOP, START or HELP, a second answer would be one too many."""
    return _skip("provider_answers") if facts.provider_answers else None


def _consent(facts: GateFacts) -> Decision | None:
    if facts.purpose in {Purpose.REPLY, Purpose.ACCOUNT}:
        return None  # they asked for it by what they just did
    if facts.consent == ConsentDecision.WITHDRAWN:
        return _skip("consent_withdrawn")
    needs_agreement = facts.purpose == Purpose.MARKETING or facts.channel == Channel.SMS
    return _skip("no_consent") if needs_agreement and facts.consent != ConsentDecision.GRANTED else None


def _not_opted_out(facts: GateFacts) -> Decision | None:
    exempt = facts.purpose == Purpose.REPLY and facts.kind in _DESPITE_OPT_OUT
    return _skip("opted_out") if facts.opted_out and not exempt else None


def _wanted(facts: GateFacts) -> Decision | None:
    """What answers somebody, or is about their account, is no matter of choice."""
    if facts.purpose in {Purpose.REPLY, Purpose.ACCOUNT}:
        return None
    return _skip("turned_off") if facts.turned_off else None


def _reachable(facts: GateFacts) -> Decision | None:
    return _skip("unreachable") if facts.unreachable and facts.purpose != Purpose.REPLY else None


def _allowance(facts: GateFacts) -> Decision | None:
    return _skip("too_often") if facts.allowance_used_up else None


def _no_loop(facts: GateFacts) -> Decision | None:
    return _skip("loop") if facts.equal_texts >= EQUAL_TEXTS else None


def _in_time(facts: GateFacts) -> Decision | None:
    return _skip("expired") if facts.expires_at and facts.expires_at <= facts.now else None


RULES: Final[tuple[Rule, ...]] = (
    _kill_switch,
    _sender_ready,
    _provider_silent,
    _consent,
    _not_opted_out,
    _wanted,
    _reachable,
    _allowance,
    _no_loop,
    _in_time,
)


def decide(facts: GateFacts) -> Decision:
    """The first objection in the order of RULES, else ALLOW."""
    for rule in RULES:
        if objection := rule(facts):
            return objection
    return ALLOW
