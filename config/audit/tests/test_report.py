"""What the audit says: a miss is named with its reasons; what the theme's widgets do by themselves is no miss, all else is."""

from typing import Any

import pytest

from config.audit.axe import OF_THE_THEME, _of_the_theme
from config.audit.command import main
from config.audit.report import Result, progress, table


def test_a_miss_stands_in_the_table_with_what_is_wrong() -> None:
    lines = table([Result("home", "axe 0"), Result("events", "axe 14", [f"rule {n}" for n in range(14)])]).splitlines()
    assert lines[0].split() == ["ok", "home", "axe", "0"]
    assert lines[1].split()[:2] == ["MISS", "events"]
    assert "rule 0" in lines[2]
    assert lines[-1].strip() == "and 2 more"


def test_progress_hands_on_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(progress(range(25), "pages")) == list(range(25))
    said = capsys.readouterr().err
    assert "pages: 3 of 25" in said
    assert "pages: 25 in" in said


@pytest.mark.parametrize("rule", OF_THE_THEME)
def test_a_fault_of_the_theme_is_one_only_where_its_widget_stands(rule: str) -> None:
    widget: dict[str, Any] = {"html": f'<div class="{OF_THE_THEME[rule]}">'}
    ours: dict[str, Any] = {"html": "<nav>"}
    assert _of_the_theme({"id": rule, "nodes": [widget]})
    assert not _of_the_theme({"id": rule, "nodes": [widget, ours]})
    assert not _of_the_theme({"id": "color-contrast", "nodes": [widget]})


def test_a_page_that_nobody_knows_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["looks", "hom"]) == 2
    assert "hom" in capsys.readouterr().err
