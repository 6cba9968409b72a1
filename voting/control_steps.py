"""What an organizer can do next in the control room: one step that makes sense now, the others beside it.

A step names the round it means by its number, so that a press that comes late never reaches another round. What is allowed
is for the services to say; here only what is worth offering.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from config.lib.errors import StaleVersion
from events.models import Event, EventStatus
from events.services import events
from voting.models import Round, RoundStatus
from voting.services import rounds

LAST_CALL: Final = timedelta(minutes=30)  # from then on the night's next step is its end, not another round
_PLANNABLE: Final = (EventStatus.DRAFT, EventStatus.PUBLISHED, EventStatus.LIVE)


class Action(StrEnum):
    PUBLISH = "publish"
    GO_LIVE = "go-live"
    PLAN_ROUND = "plan-round"
    OPEN_ROUND = "open-round"
    CLOSE_ROUND = "close-round"
    REVEAL_ROUND = "reveal-round"
    CLOSE_EVENT = "close-event"
    CANCEL_EVENT = "cancel-event"


_OF_THE_EVENT: Final = {Action.PUBLISH, Action.GO_LIVE, Action.CLOSE_EVENT, Action.CANCEL_EVENT}


@dataclass(frozen=True, slots=True)
class Step:
    """`label` is what the button says, `hint` what will happen, `done` what is said afterwards. `number`: the round's."""

    action: Action
    label: str
    hint: str
    done: str
    number: int | None = None
    is_final: bool = False


_Take = Callable[[Actor, str, int | None, datetime], None]


@dataclass(frozen=True, slots=True)
class _Kind:
    """One action: how it is taken, and its words, in which `%(number)s` is the round's."""

    take: _Take
    label: str | Promise
    hint: str | Promise
    done: str | Promise
    is_final: bool = False


def _plan(actor: Actor, public_id: str, number: int | None, now: datetime) -> None:
    rounds.plan(actor=actor, public_id=public_id, changes={}, expected_number=number, now=now)


def _on_round(service: Callable[..., Round]) -> _Take:
    def act(actor: Actor, public_id: str, number: int | None, now: datetime) -> None:
        if number is None:
            raise StaleVersion
        service(actor=actor, public_id=public_id, number=number, now=now)

    return act


def _on_event(service: Callable[..., Event]) -> _Take:
    def act(actor: Actor, public_id: str, _number: int | None, now: datetime) -> None:
        service(actor=actor, public_id=public_id, now=now)

    return act


_KINDS: Final[Mapping[Action, _Kind]] = {
    Action.PUBLISH: _Kind(
        _on_event(events.publish),
        _("Publish"),
        _("From then on people find the night and can join."),
        _("The night is published."),
    ),
    Action.GO_LIVE: _Kind(
        _on_event(events.go_live), _("Go live"), _("From then on you can open rounds."), _("The night is live.")
    ),
    Action.PLAN_ROUND: _Kind(
        _plan,
        _("Plan round %(number)s"),
        _("Everyone on the ballot takes part. Nothing opens yet."),
        _("Round %(number)s is planned."),
    ),
    Action.OPEN_ROUND: _Kind(
        _on_round(rounds.open_round),
        _("Open round %(number)s"),
        _("People can vote at once. The ballot is fixed from then on."),
        _("Round %(number)s is open."),
    ),
    Action.CLOSE_ROUND: _Kind(
        _on_round(rounds.close_round),
        _("Close round %(number)s"),
        _("Nobody can vote any more, and the ballots are counted again."),
        _("Round %(number)s is closed."),
    ),
    Action.REVEAL_ROUND: _Kind(
        _on_round(rounds.reveal),
        _("Reveal round %(number)s"),
        _("Everyone sees the result, on phones and on the big screen."),
        _("The result of round %(number)s is out."),
    ),
    Action.CLOSE_EVENT: _Kind(
        _on_event(events.close),
        _("End the night"),
        _("Nobody can join or vote any more. This cannot be undone."),
        _("The night is over."),
        is_final=True,
    ),
    Action.CANCEL_EVENT: _Kind(
        _on_event(events.cancel),
        _("Call the night off"),
        _("The night is cancelled for good. This cannot be undone."),
        _("The night is called off."),
        is_final=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Steps:
    """`main` is the big button's; None where the night is over and nothing is left to do."""

    main: Step | None
    others: tuple[Step, ...]


def steps_of(event: Event, held: Sequence[Round], *, now: datetime) -> Steps:
    """What is worth offering; `held` are all rounds of the event by number."""
    possible = tuple(_possible(event, held, now))
    return Steps(main=possible[0] if possible else None, others=possible[1:])


def step_of(round_: Round) -> Step | None:
    """What this round can do next; None where it has come to its end, or is disputed."""
    match round_.status:
        case RoundStatus.PLANNED:
            return _step(Action.OPEN_ROUND, round_.number)
        case RoundStatus.OPEN | RoundStatus.CLOSING:
            return _step(Action.CLOSE_ROUND, round_.number)
        case RoundStatus.CLOSED:
            return _step(Action.REVEAL_ROUND, round_.number)
    return None


def perform(*, actor: Actor, event: Event, step: Step, now: datetime) -> None:
    """Do it, through the service. Raises what the service raises; StaleVersion for a round that was planned meanwhile."""
    _KINDS[step.action].take(actor, event.public_id, step.number, now)


def step_named(action: str, number: int | None) -> Step | None:
    """The step of this name, whether it is offered now or not; None for an action nobody knows."""
    try:
        known = Action(action)
    except ValueError:
        return None
    return _step(known, None if known in _OF_THE_EVENT else number or 0)


def _possible(event: Event, held: Sequence[Round], now: datetime) -> Iterator[Step]:
    """In the order in which they make sense."""
    if event.status == EventStatus.DRAFT:
        yield _step(Action.PUBLISH)
    elif event.status == EventStatus.PUBLISHED:
        yield _step(Action.GO_LIVE)
    yield from _of_rounds(event, held)
    ends_soon = event.status == EventStatus.LIVE and event.ends_at - now <= LAST_CALL and bool(held)
    last = [_step(Action.CLOSE_EVENT)] if event.status == EventStatus.LIVE else []
    if ends_soon:
        yield from last
    if event.status in _PLANNABLE and len(held) < rounds.MOST_ROUNDS:
        yield _step(Action.PLAN_ROUND, len(held) + 1)
    if not ends_soon:
        yield from last
    if event.status in {EventStatus.PUBLISHED, EventStatus.LIVE}:
        yield _step(Action.CANCEL_EVENT)


def _of_rounds(event: Event, held: Sequence[Round]) -> Iterator[Step]:
    """Close what is open, else reveal what is closed, else open what is planned."""
    in_progress = [round_ for round_ in held if round_.status in {RoundStatus.OPEN, RoundStatus.CLOSING}]
    yield from (_step(Action.CLOSE_ROUND, round_.number) for round_ in in_progress)
    closed = [round_ for round_ in held if round_.status == RoundStatus.CLOSED]
    yield from (_step(Action.REVEAL_ROUND, round_.number) for round_ in reversed(closed))
    planned = [round_ for round_ in held if round_.status == RoundStatus.PLANNED]
    if event.status == EventStatus.LIVE and not in_progress:
        yield from (_step(Action.OPEN_ROUND, round_.number) for round_ in planned)


def _step(action: Action, number: int | None = None) -> Step:
    kind, about = _KINDS[action], {"number": number}
    return Step(
        action,
        label=str(kind.label) % about,
        hint=str(kind.hint) % about,
        done=str(kind.done) % about,
        number=number,
        is_final=kind.is_final,
    )
