"""Letting go of what has served its time, kind by kind, by the rules the apps have registered."""

from dataclasses import dataclass
from datetime import datetime

from accounts.personal_data import Retention, rules
from config.lib.rows import PIECE


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many rows of one kind went, or would go."""

    rule: Retention
    rows: int


def let_go(*, now: datetime, piece: int = PIECE) -> list[Outcome]:
    """Discard what is due. In short statements, so that a sweep that is killed has done its part and the next goes on."""
    return [Outcome(rule, rule.apply(now=now, piece=piece)) for rule in rules()]


def preview(*, now: datetime) -> list[Outcome]:
    """What `let_go` would discard at this moment; changes nothing."""
    return [Outcome(rule, rule.rows(now=now).count()) for rule in rules()]
