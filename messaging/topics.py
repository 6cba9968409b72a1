"""What messages are about, in words.

Messaging stores topics ("event:42") and knows nothing of them. An upper app registers how to name its own in a `topics.py`,
which is found as Django finds `admin.py`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple


class Topic(NamedTuple):
    """`note` says when and where; `href` leads to its page, "" where it has none for everybody."""

    name: str
    note: str = ""
    href: str = ""


Describe = Callable[[Sequence[str]], Mapping[str, Topic]]

_describe: dict[str, Describe] = {}


def register(kind: str, describe: Describe) -> None:
    """`describe` takes what follows the colon of topics of this kind, and names those that may still bring messages."""
    _describe[kind] = describe


def described(topics: Iterable[str]) -> dict[str, Topic]:
    """Topic → its words, in the order given; without those that are unknown or bring no messages any more."""
    wanted = list(topics)
    by_kind: dict[str, list[str]] = defaultdict(list)
    for topic in wanted:
        kind, _colon, key = topic.partition(":")
        by_kind[kind].append(key)
    found = {
        f"{kind}:{key}": words
        for kind, keys in by_kind.items()
        if kind in _describe
        for key, words in _describe[kind](keys).items()
    }
    return {topic: found[topic] for topic in wanted if topic in found}
