"""What the crowd command says while it runs and when it is done."""

from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from config.crowd.books import Audit, Books
from config.crowd.show import Show

BAR: Final = 30


def progress(books: Books, *, done: int, people: int, seconds: float) -> str:
    """One line: how far it is, how much was sent, how quickly, since when."""
    filled = BAR * done // max(1, people)
    rate = books.requests / seconds if seconds > 0 else 0
    bar = "█" * filled + "░" * (BAR - filled)
    return f"{bar} {done}/{people} people  {books.requests} requests  {rate:.0f}/s  {seconds:.0f} s"


def summary(books: Books, found: Audit) -> Iterator[str]:
    """What was accepted and what was refused, and why, a line each."""
    yield "Texts, by the reply that is stored for them:"
    for kind, number in found.replies.most_common():
        yield f"  {number:6}  {kind}"
    yield f"  {books.repeats:6}  sent a second time: {len(books.changed_answers)} got another answer than the first time"
    for status, number in sorted(books.unsigned.items()):
        yield f"  {number:6}  not signed: {status}"
    for status, number in sorted(books.texts.items()):
        if status != HTTPStatus.OK:
            yield f"  {number:6}  refused: {status}"
    yield "API, by what was asked:"
    for (what, answer), number in sorted(books.calls.items()):
        yield f"  {number:6}  {what}: {answer}"
    for reason, number in sorted(books.failures.items()):
        yield f"  {number:6}  without an answer: {reason}"


def scoreboard(show: Show) -> str:
    """One line: how much of the time is over, how much is left, who came, who leads and how often that changed."""
    filled = min(BAR, int(BAR * show.gone / show.seconds))
    left = timedelta(seconds=max(0, round(show.seconds - show.gone)))
    names = {each.number: each.name for each in show.scene.contestants}
    lead = f"  {names[show.board.leader]} leads by {show.board.lead}" if show.board.leader in names else ""
    return (
        f"{'█' * filled}{'░' * (BAR - filled)} {left} left  {show.came} came  {sum(show.board.votes.values())} votes"
        f"{lead}  {show.board.changes} changes at the top"
    )
