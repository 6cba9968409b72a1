"""Messaging's section of the page of jobs: what waits to be sent, and what could not be."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count as Counted
from django.db.models import Min, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.job_sections import MOST_SHOWN, Count, JobSection, Stuck, register
from messaging.kinds import kind_in_words
from messaging.models import Message, MessageState
from messaging.services.redriving import can_redrive, redrive

_LATELY: Final = timedelta(days=7)
_WAITING: Final = (MessageState.QUEUED, MessageState.HELD, MessageState.SUBMITTING, MessageState.UNCERTAIN)
_DEAD: Final = (MessageState.FAILED, MessageState.UNDELIVERED)


def _counts(now: datetime) -> Sequence[Count]:
    """What waits, however old; of what failed, the last week."""
    waiting = Message.objects.filter(state__in=_WAITING)
    dead = Message.objects.filter(state__in=_DEAD, settled_at__gte=now - _LATELY)
    asked = [*_by_state(waiting), *_by_state(dead), ("again", *_retrying())]
    by_state = {state: (number, oldest) for state, number, oldest in asked}
    return [
        *(
            Count(state.label, *by_state.get(state, (0, None)), is_trouble=state in _DEAD)
            for state in (*_WAITING, *_DEAD)
        ),
        Count(_("To be tried again"), *by_state["again"]),
    ]


def _by_state(messages: "QuerySet[Message]") -> "list[tuple[str, int, datetime | None]]":
    return list(messages.order_by().values_list("state").annotate(Counted("pk"), Min("created_at")))


def _retrying() -> tuple[int, datetime | None]:
    again = Message.objects.filter(state=MessageState.QUEUED, attempt__gte=1)
    asked = again.aggregate(number=Counted("pk"), oldest=Min("created_at"))
    return asked["number"], asked["oldest"]


def _dead(now: datetime) -> Sequence[Stuck]:
    dead = Message.objects.filter(state__in=_DEAD, settled_at__gte=now - _LATELY).order_by("-id")[:MOST_SHOWN]
    return [
        Stuck(
            row.public_id,
            kind_in_words(row.kind),
            row.error or row.error_code,
            row.settled_at or row.created_at,
            can_redrive=can_redrive(message=row, now=now),
        )
        for row in dead
    ]


def _again(actor: Actor, public_id: str, now: datetime) -> None:
    redrive(actor=actor, public_id=public_id, now=now)


register(JobSection("messages", _("Messages"), _counts, _dead, _again))
