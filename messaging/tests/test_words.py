import pytest

from messaging.languages import language_of
from messaging.words import normalise, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  join   night42 ", ("JOIN", "NIGHT42")),
        ("Vote: 3!", ("VOTE", "3")),
        ("Beyoncé", ("BEYONCE",)),
        ("AC/DC", ("AC", "DC")),
        ("Guns N' Roses", ("GUNS", "N", "ROSES")),
        ("Don\u2019t Stop", ("DONT", "STOP")),
        ("\uff33\uff34\uff2f\uff30", ("STOP",)),  # full-width letters, as some keyboards write them
        ("under_score", ("UNDER", "SCORE")),
        ("\U0001f600", ()),
        ("", ()),
    ],
)
def test_case_accents_punctuation_and_spaces_do_not_matter(text: str, words: tuple[str, ...]) -> None:
    assert normalise(text) == words


@pytest.mark.parametrize("text", ["stop", "STOP.", " Stop!! ", "s.t.o.p", "St op"])
def test_stop_however_it_is_written(text: str) -> None:
    assert words_of(text, "en") == ("STOP",)


@pytest.mark.parametrize(("text", "word"), [("opt-out", "OPTOUT"), ("Stop all", "STOPALL"), ("un stop", "UNSTOP")])
def test_own_words_with_a_gap_are_those_words(text: str, word: str) -> None:
    assert words_of(text, "en") == (word,)


def test_a_sentence_with_stop_in_it_is_no_stop() -> None:
    assert words_of("we have got to STOP this", "en") == ("WE", "HAVE", "GOT", "TO", "STOP", "THIS")


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("es", "Sí", ("YES",)),
        ("es", "ayuda", ("HELP",)),
        ("es", "baja", ("STOP",)),
        ("es", "Unirme NOCHE", ("JOIN", "NOCHE")),
        ("es", "votar 3", ("VOTE", "3")),
        ("fr", "OUI !", ("YES",)),
        ("fr", "Arrêt", ("STOP",)),
        ("fr", "quitter nuit", ("LEAVE", "NUIT")),
        ("es", "YES", ("YES",)),  # ours is understood everywhere
        ("en", "oui", ("OUI",)),
        ("fr", "Oui Oui", ("OUI", "OUI")),  # an artist's name
        ("es", "Salir", ("SALIR",)),  # a verb says nothing alone
    ],
)
def test_own_words_in_the_readers_language(language: str, text: str, words: tuple[str, ...]) -> None:
    assert words_of(text, language) == words


@pytest.mark.parametrize(
    ("phone", "known", "sender", "language"),
    [
        ("+34600000000", "", "", "es"),
        ("+525512345678", "", "en", "es"),
        ("+33612345678", "", "", "fr"),
        ("+2250700000000", "", "", "fr"),
        ("+18095550100", "", "", "es"),
        ("+12025550100", "", "", "en"),
        ("+4915112345678", "", "fr", "fr"),
        ("+34600000000", "fr", "en", "fr"),
    ],
)
def test_the_language_a_phone_is_answered_in(phone: str, known: str, sender: str, language: str) -> None:
    assert language_of(phone=phone, known=known, sender=sender) == language
