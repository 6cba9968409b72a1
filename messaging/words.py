"""What a text says, once case, accents, punctuation and spaces do not matter; and the words that are messaging's own."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

STOP_WORDS: Final = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START_WORDS: Final = frozenset({"START", "YES", "UNSTOP"})
HELP_WORDS: Final = frozenset({"HELP", "INFO"})
_APOSTROPHES: Final = re.compile("['`\u2019]")
_LONGEST_TEXT: Final = 1600  # what one SMS can carry at most (Twilio error 21617)

# How people say our words in their language. STOP, START and HELP are understood everywhere.
_TRANSLATIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "es": {
        "SI": "YES",
        "AYUDA": "HELP",
        "PARAR": "STOP",
        "BAJA": "STOP",
        "ALTA": "START",
        "UNIRSE": "JOIN",
        "UNIRME": "JOIN",
        "VOTO": "VOTE",
        "VOTAR": "VOTE",
        "SALIR": "LEAVE",
        "RECIBO": "RECEIPT",
    },
    "fr": {
        "OUI": "YES",
        "AIDE": "HELP",
        "ARRET": "STOP",
        "REJOINDRE": "JOIN",
        "VOTER": "VOTE",
        "QUITTER": "LEAVE",
        "RECU": "RECEIPT",
    },
}
_WORDS_ALONE: Final = STOP_WORDS | START_WORDS | HELP_WORDS


def normalise(text: str) -> tuple[str, ...]:
    """The words of `text` in upper case, without accents; apostrophes vanish, other punctuation separates words."""
    decomposed = unicodedata.normalize("NFKD", text[:_LONGEST_TEXT])
    letters = "".join(character for character in decomposed if not unicodedata.combining(character))
    return tuple(re.findall(r"[^\W_]+", _APOSTROPHES.sub("", letters).upper()))


def words_of(text: str, language: str) -> tuple[str, ...]:
    """`normalise`, with a first word of the reader's language read as ours: a whole text of it, or a verb before more.

    A spelling of an own word with gaps ("opt-out", "Stop all") is that word.
    """
    words = normalise(text)
    joined = "".join(words)
    if joined in _WORDS_ALONE:
        return (joined,)
    translated = _TRANSLATIONS.get(language, {}).get(words[0]) if words else None
    if translated and (translated in _WORDS_ALONE) == (len(words) == 1):
        return (translated, *words[1:])
    return words
