"""What an organizer can do next in the control room: one step that makes sense now, the others beside it.

A step names the round it means by its number, so that a press that comes late never reaches another round. What is allowed
is for the services to say; here only what is worth offering.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _

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


@dataclass(frozen=True, slots=True)
class Step:
    """`label` is what the button says, `hint` what will happen, `done` what is said afterwards. `number`: the round's."""

    action: Action
    label: str
    hint: str
    done: str
    number: int | None = None
    is_final: bool = False


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
            return _open_round(round_.number)
        case RoundStatus.OPEN | RoundStatus.CLOSING:
            return _close_round(round_.number)
        case RoundStatus.CLOSED:
            return _reveal_round(round_.number)
    return None


def perform(*, actor: Actor, event: Event, step: Step, now: datetime) -> None:
    """Do it, through the service. Raises what the service raises; StaleVersion for a round that was planned meanwhile."""
    _PERFORM[step.action](actor, event.public_id, step.number, now)


def _plan(actor: Actor, public_id: str, number: int | None, now: datetime) -> None:
    rounds.plan(actor=actor, public_id=public_id, changes={}, expected_number=number, now=now)


def _on_round(service: Callable[..., Round]) -> Callable[[Actor, str, int | None, datetime], None]:
    def act(actor: Actor, public_id: str, number: int | None, now: datetime) -> None:
        if number is None:
            raise StaleVersion
        service(actor=actor, public_id=public_id, number=number, now=now)

    return act


def _on_event(service: Callable[..., Event]) -> Callable[[Actor, str, int | None, datetime], None]:
    def act(actor: Actor, public_id: str, _number: int | None, now: datetime) -> None:
        service(actor=actor, public_id=public_id, now=now)

    return act


_PERFORM: Final[Mapping[Action, Callable[[Actor, str, int | None, datetime], None]]] = {
    Action.PUBLISH: _on_event(events.publish),
    Action.GO_LIVE: _on_event(events.go_live),
    Action.PLAN_ROUND: _plan,
    Action.OPEN_ROUND: _on_round(rounds.open_round),
    Action.CLOSE_ROUND: _on_round(rounds.close_round),
    Action.REVEAL_ROUND: _on_round(rounds.reveal),
    Action.CLOSE_EVENT: _on_event(events.close),
    Action.CANCEL_EVENT: _on_event(events.cancel),
}


def step_named(action: str, number: int | None) -> Step | None:
    """The step of this name, whether it is offered now or not; None for an action nobody knows."""
    try:
        known = Action(action)
    except ValueError:
        return None
    return _ON_EVENTS[known]() if known in _ON_EVENTS else _ON_ROUNDS[known](number or 0)


def _possible(event: Event, held: Sequence[Round], now: datetime) -> Iterator[Step]:
    """In the order in which they make sense."""
    if event.status == EventStatus.DRAFT:
        yield _publish()
    elif event.status == EventStatus.PUBLISHED:
        yield _go_live()
    yield from _of_rounds(event, held)
    ends_soon = event.status == EventStatus.LIVE and event.ends_at - now <= LAST_CALL and bool(held)
    last = [_close_event()] if event.status == EventStatus.LIVE else []
    if ends_soon:
        yield from last
    if event.status in _PLANNABLE and len(held) < rounds.MOST_ROUNDS:
        yield _plan_round(len(held) + 1)
    if not ends_soon:
        yield from last
    if event.status in {EventStatus.PUBLISHED, EventStatus.LIVE}:
        yield _cancel_event()


def _of_rounds(event: Event, held: Sequence[Round]) -> Iterator[Step]:
    """Close what is open, else reveal what is closed, else open what is planned."""
    in_progress = [round_ for round_ in held if round_.status in {RoundStatus.OPEN, RoundStatus.CLOSING}]
    yield from (_close_round(round_.number) for round_ in in_progress)
    closed = [round_ for round_ in held if round_.status == RoundStatus.CLOSED]
    yield from (_reveal_round(round_.number) for round_ in reversed(closed))
    planned = [round_ for round_ in held if round_.status == RoundStatus.PLANNED]
    if event.status == EventStatus.LIVE and not in_progress:
        yield from (_open_round(round_.number) for round_ in planned)


def _publish() -> Step:
    return Step(
        Action.PUBLISH,
        _("Publish"),
        _("From then on people find the night and can join."),
        _("The night is published."),
    )


def _go_live() -> Step:
    return Step(Action.GO_LIVE, _("Go live"), _("From then on you can open rounds."), _("The night is live."))


def _close_event() -> Step:
    return Step(
        Action.CLOSE_EVENT,
        _("End the night"),
        _("Nobody can join or vote any more. This cannot be undone."),
        _("The night is over."),
        is_final=True,
    )


def _cancel_event() -> Step:
    return Step(
        Action.CANCEL_EVENT,
        _("Call the night off"),
        _("The night is cancelled for good. This cannot be undone."),
        _("The night is called off."),
        is_final=True,
    )


def _plan_round(number: int) -> Step:
    about = {"number": number}
    return Step(
        Action.PLAN_ROUND,
        _("Plan round %(number)s") % about,
        _("Everyone on the ballot takes part. Nothing opens yet."),
        _("Round %(number)s is planned.") % about,
        number,
    )


def _open_round(number: int) -> Step:
    about = {"number": number}
    return Step(
        Action.OPEN_ROUND,
        _("Open round %(number)s") % about,
        _("People can vote at once. The ballot is fixed from then on."),
        _("Round %(number)s is open.") % about,
        number,
    )


def _close_round(number: int) -> Step:
    about = {"number": number}
    return Step(
        Action.CLOSE_ROUND,
        _("Close round %(number)s") % about,
        _("Nobody can vote any more, and the ballots are counted again."),
        _("Round %(number)s is closed.") % about,
        number,
    )


def _reveal_round(number: int) -> Step:
    about = {"number": number}
    return Step(
        Action.REVEAL_ROUND,
        _("Reveal round %(number)s") % about,
        _("Everyone sees the result, on phones and on the big screen."),
        _("The result of round %(number)s is out.") % about,
        number,
    )


_ON_EVENTS: Final[Mapping[Action, Callable[[], Step]]] = {
    Action.PUBLISH: _publish,
    Action.GO_LIVE: _go_live,
    Action.CLOSE_EVENT: _close_event,
    Action.CANCEL_EVENT: _cancel_event,
}
_ON_ROUNDS: Final[Mapping[Action, Callable[[int], Step]]] = {
    Action.PLAN_ROUND: _plan_round,
    Action.OPEN_ROUND: _open_round,
    Action.CLOSE_ROUND: _close_round,
    Action.REVEAL_ROUND: _reveal_round,
}
