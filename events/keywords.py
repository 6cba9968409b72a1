"""Join keywords: what a phone texts to join an event."""

import re
import secrets
from collections.abc import Iterator
from typing import Final

from django.conf import settings
from django.contrib.postgres.search import TrigramSimilarity
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.lib.errors import Detail, Refusal, ValidationError
from events.models import Event
from messaging.words import HELP_WORDS, START_WORDS, STOP_WORDS, normalise, words_of

LONGEST: Final = 20
VERBS: Final = frozenset({"JOIN", "LEAVE", "VOTE", "RECEIPT"})
RESERVED: Final = STOP_WORDS | START_WORDS | HELP_WORDS | VERBS

_SPELLING: Final = re.compile(r"[A-Z0-9]*[A-Z][A-Z0-9]*")
_PROPOSED_LENGTH: Final = 12  # short enough to type in the dark, with room for a number behind it
_NUMBERED: Final = 9
_ALIKE: Final = 0.3  # of pg_trgm's similarity: NIGTH42 finds NIGHT42, NOON does not


class KeywordTaken(Refusal):
    status = 409
    message = gettext_lazy("Another event uses this join keyword on the same number. Choose another one.")


def checked(keyword: str) -> str:
    """The keyword as it is stored, in upper case. Raises ValidationError for what a phone could not text."""
    keyword = keyword.strip().upper()
    if len(keyword) > LONGEST or not _SPELLING.fullmatch(keyword):
        raise _refused("invalid", _("Use up to 20 letters (A to Z) and digits, with at least one letter."))
    if is_reserved(keyword):
        raise _refused("reserved", _("This word has a meaning of its own in texts. Choose another one."))
    return keyword


def is_reserved(keyword: str) -> bool:
    """Whether a phone that texts this word would be understood as saying something else, in any language."""
    return keyword in RESERVED or any(words_of(keyword, code) != (keyword,) for code, _name in settings.LANGUAGES)


def proposals(title: str) -> Iterator[str]:
    """Keywords for an event of this title: its first words, then numbered, then with random digits. All can be stored."""
    word = ""
    for part in normalise(title):
        if word and len(word) + len(part) > _PROPOSED_LENGTH:
            break
        word += part
    word = re.sub("[^A-Z0-9]", "", word)[:_PROPOSED_LENGTH]
    if not _SPELLING.fullmatch(word):
        word = f"EVENT{word}"
    numbered = (f"{word}{number}" for number in range(2, _NUMBERED + 1))
    random = (f"{word}{secrets.randbelow(10**6)}" for _attempt in range(_NUMBERED))
    yield from (keyword for keyword in (word, *numbered, *random) if not is_reserved(keyword))


def event_to_join(*, sender_id: int, words: tuple[str, ...]) -> Event | None:
    """The event a phone names with these words on this number, if a text may join it.

    Spaces inside do not matter, and words after the keyword are courtesy: "night 42" and "night42 please" are NIGHT42.
    """
    spellings = ["".join(words), *words[:1]]
    found = {
        event.join_keyword: event
        for event in Event.objects.joinable().filter(sender_id=sender_id, join_keyword__in=spellings)
    }
    return next((found[spelling] for spelling in spellings if spelling in found), None)


def nearest(*, sender_id: int, words: tuple[str, ...]) -> str:
    """The keyword of a public event on this number that looks most like these words; "" when none does."""
    alike = (
        Event.objects.joinable()
        .filter(sender_id=sender_id, access="public")
        .annotate(alike=TrigramSimilarity("join_keyword", "".join(words)))
        .filter(alike__gte=_ALIKE)
        .order_by("-alike", "join_keyword")
    )
    return alike.values_list("join_keyword", flat=True).first() or ""


def _refused(code: str, sentence: str) -> ValidationError:
    return ValidationError(details=[Detail("join_keyword", code, sentence)])
