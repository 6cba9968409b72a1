"""Every field that looks personal is declared by its app: as personal, or with the reason why it is not."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import isolate_apps

from accounts.models import User
from accounts.personal_data import PersonalData, registered, rules, sections
from config.tests.architecture.sources import PROJECT

OURS: Final = frozenset(path.name for path in PROJECT.iterdir() if (path / "apps.py").exists()) - {"config"}
# A person's own words, where they are and what they are called by: by the kind of the field, or by its name.
KINDS: Final = (
    models.EmailField,
    models.GenericIPAddressField,
    models.TextField,
    models.JSONField,
    models.FileField,
    models.BinaryField,
)
NAMES: Final = re.compile(
    r"(^|_)(e?mails?|phones?|names?|address(es)?|ip|agent|street|city|bio|about|description|comment|note|words?|title"
    r"|text|message|subject|body|file|raw|headers|birth|password|value)($|_)"
)
POINT_AT_PEOPLE: Final = {"accounts.User", "messaging.Address", "events.Attendee"}
# Names that are words of ours wherever they stand: what a column called that holds is a code, a digest, or a thing's name.
HARMLESS: Final = {
    "auth.Permission": "Django's own list of permissions, which nobody holds",
    "auth.Group": "no groups are used",
    "contenttypes.ContentType": "Django's own list of models",
}


def looks_personal(field: Any) -> bool:
    if field.is_relation:
        return not field.auto_created and field.related_model._meta.label in POINT_AT_PEOPLE
    if field.choices or field.primary_key:
        return False
    return isinstance(field, KINDS) or (bool(NAMES.search(field.name)) and isinstance(field, models.CharField))


def undeclared(model: type[models.Model], declared: Iterable[PersonalData]) -> Iterator[str]:
    """The fields of a model that look personal and that nobody has declared; an app of ours declares its own."""
    label = model._meta.label
    if label in HARMLESS or not model._meta.managed:  # a view shows what its tables declare
        return
    known: set[str] = set()
    for data in declared:
        if data.app == model._meta.app_label or model._meta.app_label not in OURS:
            known |= {*data.personal.get(label, ()), *data.not_personal.get(label, {})}
    for field in model._meta.get_fields():
        if getattr(field, "column", None) and looks_personal(field) and field.name not in known:
            yield f"{label}.{field.name}"


def test_whatever_looks_personal_is_declared() -> None:
    declared = registered()

    found = [name for model in apps.get_models() for name in undeclared(model, declared)]

    assert not found, "\n".join(found)


@isolate_apps("accounts")
def test_an_app_with_personal_fields_that_registers_nothing_is_caught() -> None:
    class Diary(models.Model):
        writer = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
        email = models.EmailField()
        words = models.TextField()
        nickname = models.CharField(max_length=10)
        second_name = models.CharField(max_length=10)
        pages = models.PositiveIntegerField()

        class Meta:
            app_label = "campaigns"

    found = list(undeclared(Diary, registered()))

    assert found == [f"campaigns.Diary.{name}" for name in ("writer", "email", "words", "second_name")]
    theirs = PersonalData(app="campaigns", personal={"campaigns.Diary": ["writer", "email", "words"]}, forget=_forget)
    assert list(undeclared(Diary, [theirs])) == ["campaigns.Diary.second_name"]
    others = PersonalData(app="voting", personal={"campaigns.Diary": ["writer"]}, forget=_forget)
    assert "campaigns.Diary.writer" in list(undeclared(Diary, [others])), "nobody declares for another app of ours"


def test_only_what_exists_is_declared() -> None:
    for data in registered():
        for label, names in [*data.personal.items(), *data.not_personal.items()]:
            fields = {field.name for field in apps.get_model(label)._meta.get_fields()}
            assert set(names) <= fields, label


def test_the_upper_apps_have_their_turn_first_and_every_section_its_own_file() -> None:
    order = [data.app for data in registered()]
    names = [section.name for section in sections()]

    assert order == [app for app in ("voting", "events", "artists", "messaging", "accounts") if app in order]
    assert len(set(names)) == len(names) > 10
    assert all(re.fullmatch(r"[a-z_]+", name) for name in names)


_FIXED: Final = {0: "the next night", 1: "1 day"}


def table_in_document() -> list[tuple[str, str]]:
    """(kind, period) of every row of the table in docs/privacy.md."""
    text = (PROJECT / "docs/privacy.md").read_text()
    return re.findall(r"^\| `([a-z_]+)` \|[^|]+\| ([^|]+) \|", text, re.MULTILINE)


def test_the_document_says_how_long_everything_is_kept() -> None:
    said = [(rule.key, f"`{rule.setting}`" if rule.setting else _FIXED[rule.period.days]) for rule in rules()]

    assert sorted(table_in_document()) == sorted(said)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.key)
def test_every_rule_can_be_asked(rule: Any, now: Any, db: None) -> None:
    assert rule.rows(now=now).count() == 0
    assert rule.apply(now=now) == 0


def _forget(_person: Any, _now: Any) -> None:
    assert connection
