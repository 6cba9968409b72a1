"""What the crowd command says while it runs and when it is done."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from config.crowd.books import Audit, Books

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
