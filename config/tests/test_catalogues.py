"""Message catalogues: complete, and each way to be incomplete is caught."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from pytest_django import Settings

from config import catalogues

MODULE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
A = _("Vote now")
B = lambda n: ngettext("%(n)s place left", "%(n)s places left", n)
C = pgettext("a round", "Open")
"""
PAGE = """{% load i18n %}
  <p title="it's">{% translate "It's on" %}</p>
  {% blocktranslate trimmed with name=x %}
    Hello, {{ name }}.
  {% endblocktranslate %}
{{ y|default:_("nothing") }}
"""


@pytest.fixture
def project(tmp_path: Path, settings: Settings) -> Path:
    (tmp_path / "voting/tests").mkdir(parents=True)
    (tmp_path / "voting/words.py").write_text(MODULE)
    (tmp_path / "voting/tests/test_words.py").write_text('_("not for people")')
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/page.html").write_text(PAGE)
    settings.BASE_DIR = tmp_path
    return tmp_path


def translate(project: Path, language: str) -> None:
    """A translation of everything, by saying it in capitals; placeholders stay."""
    call_command("update_catalogues", stdout=io.StringIO())
    catalog = catalogues.kept(project, language)
    for message in catalog:
        if message.id:
            texts = [message.id] if isinstance(message.id, str) else list(message.id)
            said = tuple(text.replace("o", "0") for text in texts)
            message.string = said[0] if isinstance(message.id, str) else said
    catalogues.write(project, language, catalog)


def complaints(project: Path) -> list[str]:
    program = catalogues.extracted(project)
    return [problem.partition(" (")[0] for problem in catalogues.problems(program, catalogues.kept(project, "es"))]


def test_the_projects_own_catalogues_are_complete() -> None:
    call_command("check_catalogues")


def test_messages_of_modules_and_templates_are_found(project: Path) -> None:
    found = {message.id: message.context for message in catalogues.extracted(project) if message.id}

    assert found == {
        "Vote now": None,
        ("%(n)s place left", "%(n)s places left"): None,
        "Open": "a round",
        "It's on": None,
        "Hello, %(name)s.": None,
        "nothing": None,
    }


def test_a_complete_catalogue_passes_and_is_spoken(project: Path, settings: Settings) -> None:
    for language in catalogues.languages():
        translate(project, language)

    call_command("check_catalogues")
    settings.LOCALE_PATHS = [project / "locale"]
    with translation.override("es"):
        assert translation.gettext("Vote now") == "V0te n0w"
        assert translation.ngettext("%(n)s place left", "%(n)s places left", 2) == "%(n)s places left".replace("o", "0")


def test_untranslated_messages_are_caught(project: Path) -> None:
    call_command("update_catalogues", stdout=io.StringIO())

    assert 'not translated: "Vote now"' in complaints(project)
    with pytest.raises(CommandError, match="not complete"):
        call_command("check_catalogues", stderr=io.StringIO())


def test_new_and_vanished_messages_are_caught(project: Path) -> None:
    translate(project, "es")
    (project / "voting/words.py").write_text('_("Vote later")')

    assert 'missing: "Vote later"' in complaints(project)
    assert 'stale: "Vote now"' in complaints(project)


def test_an_update_keeps_translations_and_drops_what_is_gone(project: Path) -> None:
    translate(project, "es")
    (project / "voting/words.py").write_text(MODULE.replace("Vote now", "Vote later"))

    call_command("update_catalogues", stdout=io.StringIO())

    assert complaints(project) == ['not translated: "Vote later"']


def test_fuzzy_messages_and_lost_placeholders_are_caught(project: Path) -> None:
    translate(project, "es")
    path = catalogues.catalogue_path(project, "es")
    text = path.read_text().replace('msgid "Vote now"', '#, fuzzy\nmsgid "Vote now"')
    path.write_text(text.replace('msgstr "Hell0, %(name)s."', 'msgstr "Hell0."'))

    assert sorted(complaints(project)) == [
        'fuzzy: "Vote now"',
        'other placeholders than in English: "Hello, %(name)s."',
    ]


def test_a_file_that_was_not_compiled_is_caught(project: Path) -> None:
    for language in catalogues.languages():
        translate(project, language)
    path = catalogues.catalogue_path(project, "fr")
    path.write_text(path.read_text().replace("V0te n0w", "V0te n0w!"))

    with pytest.raises(CommandError):
        call_command("check_catalogues", stderr=io.StringIO())
