"""The words of the texts that bring people to an event and take them out again; one SMS segment each, where it can be."""

from typing import Final

from events import journeys, links
from events.models import Attendee, Event
from messaging.texts import render, shortened

_BALLOT_LENGTH: Final = 60


def join_ask(language: str, attendee: Attendee) -> str:
    """The question to confirm, with everything that consent needs to be told: what for, how often, what it costs, the way out."""
    return render("join_ask", language, event=shortened(attendee.event.title), link=links.confirm_link(attendee))


def join_confirmed(language: str, attendee: Attendee) -> str:
    """Welcome, and how to vote: by number, or by the personal link where there is one."""
    event = attendee.event
    return render(
        "join_confirmed",
        language,
        event=shortened(event.title),
        ballot=_ballot(event),
        link=journeys.vote_link(attendee),
    )


def join_already(language: str, event: Event) -> str:
    return render("join_already", language, event=shortened(event.title), ballot=_ballot(event))


def join_unknown(language: str, keyword: str, nearest: str) -> str:
    """No such keyword; `nearest` is the one that looks most like it, empty where none does."""
    return render("join_unknown", language, keyword=keyword, nearest=nearest)


def join_invited(language: str, event: Event) -> str:
    return render("join_invited", language, event=shortened(event.title))


def confirm_first(language: str, title: str) -> str:
    """To whoever is asked already and has not said YES, also when they vote."""
    return render("confirm_first", language, event=shortened(title))


def leave_done(language: str, event: Event) -> str:
    """What moderation holds is called by its keyword."""
    title = event.title if event.held_at is None else event.join_keyword
    return render("leave_done", language, event=shortened(title), keyword=event.join_keyword)


def _ballot(event: Event) -> str:
    """The line-up with its numbers ("1 Ana, 2 Bo"), where it is short enough to say."""
    slots = event.lineup.on_the_ballot().in_order()
    said = ", ".join(f"{slot.ballot_number} {slot.artist.name}" for slot in slots)
    return said if len(said) <= _BALLOT_LENGTH else ""
