"""The steps of an event's life as the console offers them: each said beforehand, then done by its service."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from events.life_cycle import next_steps
from events.models import Event, EventStatus
from events.services import events


class _Service(Protocol):
    def __call__(self, *, actor: Actor, public_id: str, now: datetime) -> Event | None: ...


@dataclass(frozen=True, slots=True)
class Step:
    """`name` is its address; `to` where it leads (None: nowhere, the draft is gone); `will` what it means for people."""

    name: str
    to: EventStatus | None
    label: str | Promise
    will: tuple[str | Promise, ...]
    done: str | Promise
    service: _Service
    final: bool = False

    def offered(self, status: str) -> bool:
        """Whether an event of this status can take it."""
        if self.to is None:
            return status == EventStatus.DRAFT
        return self.to in next_steps(EventStatus(status))


STEPS: Final = (
    Step(
        "publish",
        EventStatus.PUBLISHED,
        _("Publish"),
        (
            _("The page of the event can be opened, and a public event is in the list for everyone."),
            _("People can join, on the page and by text."),
            _("At its start the event goes live by itself."),
        ),
        _("Published."),
        events.publish,
    ),
    Step(
        "go-live",
        EventStatus.LIVE,
        _("Go live"),
        (
            _("The night has begun, whatever its start says."),
            _("Rounds can be opened, and people can vote in them."),
            _("At its end the event closes by itself."),
        ),
        _("The night is live."),
        events.go_live,
    ),
    Step(
        "close",
        EventStatus.CLOSED,
        _("Close"),
        (
            _("A round that is open closes and is counted."),
            _("Nobody can join or vote any more."),
            _("The page stays, and the join keyword is free for another event."),
        ),
        _("The night is closed."),
        events.close,
        final=True,
    ),
    Step(
        "archive",
        EventStatus.ARCHIVED,
        _("Archive"),
        (_("For visitors nothing changes: the page and the results stay where they are."),),
        _("Archived."),
        events.archive,
        final=True,
    ),
    Step(
        "cancel",
        EventStatus.CANCELLED,
        _("Call off"),
        (
            _("This is for good: an event that was called off stays called off."),
            _("Its page says so, and nobody can join or vote any more."),
            _("Nobody is written to by this. Tell the people who joined yourself."),
        ),
        _("The event is called off."),
        events.cancel,
        final=True,
    ),
    Step(
        "delete",
        None,
        _("Delete the draft"),
        (_("The draft and its line-up are gone for good. Invitations that were sent stay sent."),),
        _("The draft is deleted."),
        events.delete,
        final=True,
    ),
)
BY_NAME: Final[dict[str, Step]] = {step.name: step for step in STEPS}


def steps_from(status: str) -> list[Step]:
    """What an event of this status can do next, the way forward first."""
    return [step for step in STEPS if step.offered(status)]
