"""Every relation points to the same or a lower app, and nobody below can see it."""

import pytest
from django.apps import apps
from django.db import models
from django.db.models.fields.related import RelatedField
from django.test.utils import isolate_apps

ORDER = ("accounts", "messaging", "artists", "events", "voting", "campaigns")  # low to high


def problems(model: type[models.Model]) -> list[str]:
    """What is wrong with the relations of `model`, in words."""
    found = []
    for field in model._meta.get_fields():
        if not isinstance(field, RelatedField) or field.auto_created:
            continue
        target = field.related_model
        assert not isinstance(target, str)
        ours, theirs = model._meta.app_label, target._meta.app_label
        if theirs not in ORDER or ours == theirs:
            continue
        if ORDER.index(theirs) > ORDER.index(ours):
            found.append(f"{field} points up, to {theirs}")
        if not field.remote_field.hidden:
            found.append(f"{field} can be seen from {theirs}: give it related_name='+'")
    return found


def test_relations_point_down_and_are_hidden() -> None:
    ours = [model for model in apps.get_models() if model._meta.app_label in ORDER]

    assert len(ours) > 20
    assert [problem for model in ours for problem in problems(model)] == []


def test_every_app_with_models_has_its_place() -> None:
    labels = {config.label for config in apps.get_app_configs() if "site-packages" not in config.path} - {"config"}

    assert labels == set(ORDER)


@pytest.mark.parametrize(
    ("app", "target", "name", "problem"),
    [
        ("messaging", "events.Event", "+", "points up"),
        ("voting", "events.Event", "things", "can be seen"),
    ],
)
def test_a_wrong_relation_is_caught(app: str, target: str, name: str, problem: str) -> None:
    with isolate_apps("voting", "events", "artists", "messaging", "accounts"):
        meta = type("Meta", (), {"app_label": app})
        field = models.ForeignKey(apps.get_model(target), models.CASCADE, related_name=name)
        wrong = type("Wrong", (models.Model,), {"__module__": __name__, "Meta": meta, "thing": field})

        assert [problem in found for found in problems(wrong)] == [True]
