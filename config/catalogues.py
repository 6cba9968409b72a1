"""The message catalogues: what the program says, and how it says it in other languages.

English is the language of the source and has no catalogue. The others are `locale/<language>/LC_MESSAGES/django.po`, kept
by `manage.py update_catalogues` and held complete by `manage.py check_catalogues`. The compiled `.mo` files are committed:
a fresh clone speaks every language without a tool that compiles them. Only development imports this module.
"""

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

from config.size_report import PACKAGES

_LAZY: Final = {f"{name}_lazy": places for name, places in DEFAULT_KEYWORDS.items() if name.endswith("gettext")}
_KEYWORDS: Final = {**DEFAULT_KEYWORDS, **_LAZY}
_PLACEHOLDERS: Final = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
_COMMENT: Final = "Translators:"
_WIDTH: Final = 100
_NO_DATE: Final = datetime(2000, 1, 1, tzinfo=UTC)
_HEADER: Final = """msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


def languages() -> list[str]:
    """The languages that need a catalogue."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def catalogue_path(project: Path, language: str) -> Path:
    return project / "locale" / language / "LC_MESSAGES" / "django.po"


def extracted(project: Path) -> Catalog:
    """Every message of the program and the files it stands in; line numbers would change with every edit."""
    catalog = Catalog(fuzzy=False)
    for path, code in _sources(project):
        place = (str(path.relative_to(project)), 0)
        found = extract("python", io.BytesIO(code.encode()), keywords=_KEYWORDS, comment_tags=[_COMMENT])
        for _line, words, comments, context in found:
            catalog.add(words, locations=[place], auto_comments=comments, context=context)
    return catalog


def _sources(project: Path) -> Iterator[tuple[Path, str]]:
    """Modules as they are; templates as the Python that Django makes of them for this purpose."""
    for package in PACKAGES:
        for path in sorted((project / package).rglob("*.py")):
            if not {"tests", "migrations"} & set(path.parts):
                yield path, path.read_text()
    for folder in [project / "templates", *(project / package / "templates" for package in PACKAGES)]:
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".html", ".txt"}:
                code = templatize(path.read_text(), origin=str(path))
                yield path, "\n".join(line.strip() for line in code.splitlines())


def kept(project: Path, language: str) -> Catalog:
    """The catalogue as it is on disk; an empty one before the first update."""
    path = catalogue_path(project, language)
    if not path.exists():
        return _empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(program: Catalog, present: Catalog, language: str) -> Catalog:
    """The program's messages with the translations there are; what the program no longer says is dropped."""
    catalog = _empty(language)
    for message in _entries(program):
        translated = present.get(message.id, message.context)
        catalog.add(
            message.id,
            translated.string if translated and not translated.fuzzy else "",
            locations=sorted(set(message.locations)),
            auto_comments=message.auto_comments,
            context=message.context,
        )
    return catalog


def write(project: Path, language: str, catalog: Catalog) -> None:
    """Both files: the one people edit and the one the program reads."""
    path = catalogue_path(project, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_as_po(catalog))
    path.with_suffix(".mo").write_bytes(_as_mo(catalog))


def problems(program: Catalog, present: Catalog) -> Iterator[str]:
    """What is wrong with a catalogue, one line each."""
    said = {(message.id, message.context) for message in _entries(program)}
    for message in _entries(present):
        if (message.id, message.context) not in said:
            yield f"stale: {_shown(message)}"
        elif message.fuzzy:
            yield f"fuzzy: {_shown(message)}"
        elif not all(_strings(message)):
            yield f"not translated: {_shown(message)}"
        elif _placeholders_differ(message):
            yield f"other placeholders than in English: {_shown(message)}"
    known = {(message.id, message.context) for message in _entries(present)}
    for message in _entries(program):
        if (message.id, message.context) not in known:
            yield f"missing: {_shown(message)}"


def compiled_is_stale(project: Path, language: str) -> bool:
    """Whether the `.mo` file is not what the `.po` file says."""
    path = catalogue_path(project, language).with_suffix(".mo")
    return not path.exists() or path.read_bytes() != _as_mo(kept(project, language))


def _empty(language: str) -> Catalog:
    return Catalog(language, creation_date=_NO_DATE, revision_date=_NO_DATE, fuzzy=False)


def _entries(catalog: Catalog) -> list[Message]:
    """Without the header."""
    return [message for message in catalog if message.id]


def _shown(message: Message) -> str:
    text = message.id if isinstance(message.id, str) else message.id[0]
    return f'"{text}" ({", ".join(place for place, _line in message.locations)})'


def _strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def _placeholders_differ(message: Message) -> bool:
    """A form for exactly one may leave its number out, as English does."""
    texts = [message.id] if isinstance(message.id, str) else list(message.id)
    expected = set(_PLACEHOLDERS.findall(texts[-1]))
    allowed = [set(_PLACEHOLDERS.findall(text)) for text in texts]
    return any(set(_PLACEHOLDERS.findall(text)) not in [*allowed, expected] for text in _strings(message))


def _as_po(catalog: Catalog) -> bytes:
    """Sorted, and with a header that says nothing but what programs need, so that two updates never conflict on it."""
    file = io.BytesIO()
    write_po(file, catalog, width=_WIDTH, sort_output=True, omit_header=True)
    return _HEADER.format(language=catalog.locale, plurals=catalog.plural_forms).encode() + file.getvalue()


def _as_mo(catalog: Catalog) -> bytes:
    catalog.creation_date = catalog.revision_date = _NO_DATE
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()
