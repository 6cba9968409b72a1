"""What each kind of message is for, in words for people.

A message keeps a code ("join_ask"). Each app registers the words of the kinds it writes in a `kinds.py`, which is found as
Django finds `admin.py`.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

_words: dict[str, Words] = {}


def register(words: Mapping[str, Words]) -> None:
    """Kind → what such messages are for."""
    _words.update(words)


def registered() -> Mapping[str, Words]:
    """All of them."""
    return _words


def kind_in_words(kind: str) -> Words:
    """The code itself for a kind that is written no more."""
    return _words.get(kind, kind)


register(
    {
        "account": _("About the account"),
        "help": _("Help"),
        "start_done": _("START: messages allowed again"),
        "stop_done": _("STOP: messages stopped"),
        "stop_again": _("STOP again: no answer"),
        "unanswered": _("No answer"),
    }
)
