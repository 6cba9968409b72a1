"""Colours, sizes and durations stand in tokens.css alone, and every pair of them that carries words can be read."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from config.components.stylesheets import FOUNDATION
from config.lib.colour import Oklch, contrast
from config.lib.wood_type import FACE

CSS = Path(settings.BASE_DIR) / "static/css"
TOKENS = (CSS / "tokens.css").read_text()
SHEETS = sorted(path for path in CSS.rglob("*.css") if path.name != "tokens.css")
LAYERS = "@layer reset, tokens, base, layout, components, pages, utilities;"
BREAKPOINTS = {"30rem", "48rem", "64rem", "80rem"}

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CONDITION = re.compile(r"@(?:media|container)[^{]*{")
_COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:oklch|oklab|rgb|rgba|hsl|hwb|lab|lch|color)\(", re.IGNORECASE)
_SIZE = re.compile(r"(?<![\w-])-?\d*\.?\d+(?:px|rem|em|ch|lh|vw|vh|vb|vi|dvb|dvh|svh|cqi|cqb|cqw|pt|deg|ms|s)\b")
_NAMED = re.compile(r":\s*(?:white|red|green|blue|gray|grey|yellow|orange|purple|silver)\b")
_LITERAL = re.compile(r"(--[\w-]+):\s*([^;]+);")
_OKLCH = re.compile(r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)")
STEPS_OF_A_SCALE = ("space-", "step-")  # whole before every step has a use
FULL_HEIGHT = "100dvb"  # the window itself is not a size of ours

TEXT, SHAPE = 4.5, 3.0
PAIRS = [
    *((words, ground, TEXT) for words in ("text", "text-quiet", "link") for ground in ("ground", "ground-raised", "ground-sunk")),
    *((state, ground, TEXT) for state in ("good", "warn", "bad") for ground in ("ground", "ground-raised")),
    *(("on-state", state, TEXT) for state in ("good", "warn", "bad")),
    ("inverse-text", "inverse", TEXT),
    *(("action-text", brass, TEXT) for brass in ("action", "action-over", "action-down")),
    ("leader-text", "leader", TEXT),
    ("text", "bar", TEXT),
    ("text", "bar-chase", TEXT),
    ("text-quiet", "bar", TEXT),
    ("paper-text", "paper", TEXT),
    ("paper-quiet", "paper", TEXT),
    ("stamp", "paper", TEXT),
    ("stamp-void", "paper", TEXT),
    *((edge, ground, SHAPE) for edge in ("control-edge", "focus", "hatch", "leader-line") for ground in ("ground", "ground-sunk")),
    ("control-edge", "ground-raised", SHAPE),
    ("focus", "ground-raised", SHAPE),
    ("line-strong", "ground", SHAPE),
]  # fmt: skip


def plain(path: Path) -> str:
    return _COMMENT.sub("", path.read_text())


def meanings() -> dict[str, str]:
    return {name.removeprefix("--"): value for name, value in _LITERAL.findall(_COMMENT.sub("", TOKENS))}


def colour(name: str, *, dark: bool) -> Oklch:
    """What the token is in the light or the dark theme, through any number of other tokens."""
    value = meanings()[name].strip()
    if value.startswith("light-dark("):
        light_value, dark_value = value.removeprefix("light-dark(").removesuffix(")").split(", ")
        value = dark_value if dark else light_value
    if found := re.fullmatch(r"var\(--([\w-]+)\)", value):
        return colour(found[1], dark=dark)
    literal = _OKLCH.fullmatch(value)
    assert literal, f"--{name} is {value}"
    return Oklch(*map(float, literal.groups()))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_what_stands_on_what_can_be_seen(front: str, back: str, least: float, dark: bool) -> None:
    assert contrast(colour(front, dark=dark), colour(back, dark=dark)) >= least


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.stem)
class TestSheets:
    def test_no_colour_is_written(self, path: Path) -> None:
        assert _COLOUR.findall(plain(path)) == []
        assert _NAMED.findall(plain(path)) == []

    def test_no_size_and_no_duration_is_written(self, path: Path) -> None:
        found = _SIZE.findall(_CONDITION.sub("", plain(path)))
        assert [size for size in found if size not in {FULL_HEIGHT, "45deg", "-45deg"}] == []

    def test_pages_change_shape_at_known_widths(self, path: Path) -> None:
        for condition in _CONDITION.findall(plain(path)):
            assert set(_SIZE.findall(condition)) <= BREAKPOINTS

    def test_every_token_used_is_declared(self, path: Path) -> None:
        text = plain(path)
        own = set(re.findall(r"(--[\w-]+):", text))
        declared = {f"--{name}" for name in meanings()} | own
        assert set(re.findall(r"var\((--[\w-]+)", text)) - declared == set()

    def test_it_keeps_to_its_layer_and_to_the_house_rules(self, path: Path) -> None:
        text = plain(path).strip()
        if re.fullmatch(r"@layer [\w, ]+;", text):
            return  # only puts layers in their order
        layer = path.parent.name if path.parent != CSS else path.stem
        assert re.match(rf"@layer {layer} {{", text)
        assert "!important" not in text
        assert not re.search(r"(?:^|[\s,>+~(])#[a-z]", text), "an id in a selector"


def test_the_layers_are_ordered_first() -> None:
    assert FOUNDATION[0] == "tokens"
    assert _COMMENT.sub("", TOKENS).strip().startswith(LAYERS)


def test_every_token_has_a_use() -> None:
    everywhere = (
        TOKENS
        + "".join(plain(path) for path in SHEETS)
        + "".join(path.read_text() for path in (CSS.parent / "js").glob("*.js"))
    )
    unused = {name for name in meanings() if not re.search(rf"--{name}\b(?!:)", everywhere)}
    assert {name for name in unused if not name.startswith(STEPS_OF_A_SCALE)} == set()


def test_the_poster_face_is_the_one_the_drawings_name() -> None:
    declared = " ".join(meanings()["font-poster"].split())
    assert declared.replace('"', "") == FACE.replace('"', "")


def test_no_stroke_of_brass_for_anything_but_action_and_leader() -> None:
    brass = {name for name in meanings() if "brass" in meanings()[name]}
    assert {name.split("-")[0] for name in brass} == {"action", "leader"}
