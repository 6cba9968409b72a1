"""Texts in every language keep to the GSM alphabet: one letter outside it (ç, ê, í) more than halves what a segment holds."""

import pytest

from config.catalogues import kept, languages
from config.tests.architecture.sources import PROJECT

# 3GPP TS 23.038, table 6.2.1: the default alphabet, without its control characters.
GSM = set(
    "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà\n\r"
)
SEGMENT = 160


def texts(language: str) -> dict[str, str]:
    """What is sent as SMS in `language`, by the English words."""
    return {
        str(message.id): str(message.string)
        for message in kept(PROJECT, language)
        if any(place.startswith("templates/sms/") for place, _line in message.locations)
    }


@pytest.mark.parametrize("language", languages())
def test_translated_texts_are_spelt_in_the_gsm_alphabet(language: str) -> None:
    found = {text: set(text) - GSM for text in texts(language).values()}

    assert len(found) > 10
    assert {text: outside for text, outside in found.items() if outside} == {}


@pytest.mark.parametrize("language", languages())
def test_translated_texts_are_hardly_longer_than_a_segment(language: str) -> None:
    """Names and links are put in later, so this holds only the words themselves."""
    assert {text: len(text) for text in texts(language).values() if len(text) > SEGMENT} == {}
