"""What upper apps add to the messages that bring people to an event.

An upper app registers what it offers in a `journeys.py` of its own, which is found as Django finds `admin.py`.
"""

from collections.abc import Callable

from events.models import Attendee

LinkFor = Callable[[Attendee], str]

_vote_links: list[LinkFor] = []


def register_vote_link(link_for: LinkFor) -> None:
    """`link_for` gives a confirmed attendee the address of their own vote page."""
    _vote_links.append(link_for)


def vote_link(attendee: Attendee) -> str:
    """The address of the attendee's own vote page; "" while nobody offers one."""
    return next((link_for(attendee) for link_for in _vote_links), "")
