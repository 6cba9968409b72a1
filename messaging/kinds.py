"""What each kind of message is for, in words for people, and which of them people may turn off.

A message keeps a code ("join_ask"). Each app registers the words of the kinds it writes in a `kinds.py`, which is found as
Django finds `admin.py`. Kinds that answer a text, or that somebody's own account needs, are no matter of choice.
"""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

ACCOUNT: Final = "account"  # codes, links that sign in, what happened to the account: always sent

_words: dict[str, Words] = {}
_choices: dict[str, tuple[str, ...]] = {}


def register(words: Mapping[str, Words]) -> None:
    """Kind → what such messages are for."""
    _words.update(words)


def registered() -> Mapping[str, Words]:
    """All of them."""
    return _words


def let_choose(kind: str, *channels: str) -> None:
    """Accounts may turn this kind off, for each of the channels it is sent by."""
    assert kind != ACCOUNT
    _choices[kind] = channels


def choices() -> Mapping[str, tuple[str, ...]]:
    """Kind → the channels it may be turned off for."""
    return _choices


def kind_in_words(kind: str) -> Words:
    """The code itself for a kind that is written no more."""
    return _words.get(kind, kind)


register(
    {
        ACCOUNT: _("About the account"),
        "help": _("Help"),
        "start_done": _("START: messages allowed again"),
        "stop_done": _("STOP: messages stopped"),
        "stop_again": _("STOP again: no answer"),
        "unanswered": _("No answer"),
    }
)
