"""Components: what they declare is what they take, every one is on show, and what they draw is sound HTML."""

import gzip
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import timedelta
from html.parser import HTMLParser
from importlib import reload
from pathlib import Path
from typing import ClassVar

import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.http import HttpResponse
from django.template import Context, Engine, Template, TemplateSyntaxError
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, clear_url_caches, reverse
from django.utils import translation
from pytest_django import Settings

from config import gallery, urls
from config.components import charts, stylesheets
from config.components.basics import Icon, icon_names
from config.components.declaration import Component
from config.components.stylesheets import FOUNDATION, BundledStorage, links, names
from config.components.tags import ComponentNode

COMPONENTS = [component for _chapter, components in gallery.CHAPTERS for component in components]
TEMPLATES = Path(settings.BASE_DIR) / "templates/components"
PIECES = {"button_words", "chart_table", "field_errors", "stylesheets"}  # parts of parts, never used by themselves
FAMILIES = {"chart"}  # one stylesheet for several components
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "path", "rect", "circle", "stop"}


def drawn(source: str, **context: object) -> str:
    return Template("{% load components charts %}" + source).render(Context(context))


def page(ground: str = "") -> str:
    response: HttpResponse = gallery.gallery(RequestFactory().get("/dev/components/", {"ground": ground}))
    return response.content.decode()


class Structure(HTMLParser):
    """Ids, references to ids, and whether every element that is opened is closed again."""

    REFERENCES: ClassVar = ("for", "aria-describedby", "aria-labelledby", "commandfor")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.references: set[str] = set()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if len(given) != len(attrs):
            self.faults.append(f"<{tag}> at {self.getpos()} has an attribute twice")
        if given.get("style") is not None:
            self.faults.append(f"<{tag}> at {self.getpos()} has an inline style")
        if name := given.get("id"):
            self.ids.append(name)
        for attribute in self.REFERENCES:
            self.references.update((given.get(attribute) or "").split())
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()} closes something else")


@pytest.mark.parametrize(
    ("source", "refusal"),
    [
        ('{% button lable="Book" %}', "no argument 'lable'. Did you mean 'label'?"),
        ('{% badge "Live" colour="red" %}', "no argument 'colour'"),
        ('{% button kind="action" %}', "needs 'label'"),
        ('{% button "Book" "action" %}', "name the argument"),
        ('{% button "Book" label="Join" %}', "given twice"),
        ('{% badge "Live" hx_get="/" %}', "no argument 'hx_get'"),
        ('{% card "A" %}{% slot footer %}x{% endslot %}{% endcard %}', "no slot 'footer'"),
        ('{% card "A" %}{% slot two words %}x{% endslot %}{% endcard %}', "takes one name"),
        ('{% card "A" %}never closed', "Unclosed tag"),
    ],
)
def test_a_wrong_name_is_refused_when_the_template_is_compiled(source: str, refusal: str) -> None:
    with pytest.raises(TemplateSyntaxError, match=refusal):
        Template("{% load components %}" + source)


@pytest.mark.parametrize(
    ("source", "refusal"),
    [
        ('{% badge "Live" kind="loud" %}', "kind='loud' is none of 'plain', 'live'"),
        ("{% badge nothing %}", "'label' is empty"),
        ('{% icon "unicorn" %}', "There is no icon 'unicorn'. There are: arrow-left, "),
        ('{% button "Go" icon="unicorn" %}', "There is no icon 'unicorn'"),
        ("{% slot content %}x{% endslot %}", "must stand directly inside a component"),
    ],
)
def test_a_wrong_value_is_refused_when_the_template_is_rendered(source: str, refusal: str) -> None:
    with pytest.raises(TemplateSyntaxError, match=refusal):
        drawn(source)


def test_what_comes_from_people_is_escaped() -> None:
    evil = '<script>alert(1)</script>"'
    html = drawn(
        "{% button evil name=evil value=evil note=evil data_x=evil %}{% badge evil %}{% wood_type evil %}"
        "{% leaderboard_row evil key=evil place=1 votes=1 share=1 note=evil %}{% notice evil %}{% endnotice %}",
        evil=evil,
    )
    assert "<script" not in html
    assert html.count("&quot;") >= 5


def test_a_component_sees_nothing_of_the_page_around_it() -> None:
    assert "Stray" not in drawn('{% button "Book" %}', note="Stray", icon_after="cross")


def test_slots_see_the_page_and_fill_their_place() -> None:
    html = drawn('{% card "A" %}body {{ word }}{% slot actions %}act {{ word }}{% endslot %}{% endcard %}', word="here")
    assert "body here" in html
    assert '<div class="row">act here</div>' in html


def test_attributes_are_passed_on_where_declared() -> None:
    assert 'hx-post="/x"' in drawn('{% button "Vote" hx_post="/x" %}')


@pytest.mark.parametrize("language", ["en", "fr"])
def test_numbers_are_written_for_people_but_not_for_drawings(language: str) -> None:
    with translation.override(language):
        html = drawn('{% leaderboard_row "Kid" key="2" place=1 votes=12118 share=0.5 %}{% wood_type "Kid" %}')
    assert {"en": "12,118", "fr": "12\xa0118"}[language] in html.replace("\u202f", "\xa0")
    assert 'transform="scale(0.5000 1)"' in html
    assert 'viewBox="0 0 1000 ' in html
    assert not [part for part in html.split('"') if part.replace(",", "").replace("-", "").isdigit() and "," in part]


@pytest.mark.parametrize("name", icon_names())
def test_every_icon_is_drawn(name: str) -> None:
    html = drawn("{% icon name %}", name=name)
    assert "<path d=" in html
    assert 'aria-hidden="true"' in html


def test_an_icon_with_a_label_is_spoken() -> None:
    assert 'role="img" aria-label="Close"' in drawn('{% icon "cross" label="Close" %}')


def test_every_template_is_a_component_and_every_component_has_one() -> None:
    assert {path.stem for path in TEMPLATES.glob("*.html")} - PIECES == {component.tag for component in COMPONENTS}


def test_every_stylesheet_belongs_to_a_component() -> None:
    found = {Path(name).stem for name in names()} - set(FOUNDATION)
    assert found - FAMILIES <= {component.tag for component in COMPONENTS}


def test_every_component_says_what_it_is() -> None:
    assert [component.tag for component in COMPONENTS if not (component.__doc__ or "").strip().endswith(".")] == []


class TestGallery:
    @pytest.fixture
    def used(self, monkeypatch: pytest.MonkeyPatch) -> Mapping[tuple[str, str], set[object]]:
        """(component, argument) → the values it had on the page."""
        seen: dict[tuple[str, str], set[object]] = defaultdict(set)
        original = Component.context

        def watched(self: Component) -> dict[str, object]:
            for name in self.choices:
                seen[self.tag, name].add(getattr(self, name))
            return original(self)

        monkeypatch.setattr(Component, "context", watched)
        page()
        return seen

    @pytest.mark.parametrize("component", COMPONENTS)
    def test_every_component_is_on_show(self, component: type[Component]) -> None:
        exhibit = Engine.get_default().get_template(f"gallery/parts/{component.tag}.html")
        nodes = exhibit.nodelist.get_nodes_by_type(ComponentNode)
        shown = {node.component for node in nodes if isinstance(node, ComponentNode)}
        assert component in shown

    def test_every_state_is_on_show(self, used: Mapping[tuple[str, str], set[object]]) -> None:
        missing = {
            (component.tag, argument): set(choices) - used[component.tag, argument]
            for component in COMPONENTS
            for argument, choices in component.choices.items()
        }
        # every level of heading is not: a page has one first heading and no gaps
        assert {key: left for key, left in missing.items() if left and key[1] != "level"} == {}

    @pytest.mark.parametrize("language", ["en", "es", "fr"])
    def test_the_page_is_sound(self, language: str) -> None:
        with translation.override(language):
            structure = Structure()
            structure.feed(page())
        assert structure.faults == []
        assert structure.open == []
        assert sorted(structure.ids) == sorted(set(structure.ids))
        assert structure.references - set(structure.ids) == set()

    @pytest.mark.parametrize(("asked", "shown"), [("ink", "ink"), ("paper", "paper"), ("", ""), ("red", "")])
    def test_the_ground_can_be_chosen(self, asked: str, shown: str) -> None:
        opening = page(asked).partition("<head>")[0]
        assert opening.count("data-ground") == bool(shown)
        assert shown in opening

    @pytest.fixture
    def addresses(self, settings: Settings) -> Iterator[Settings]:
        yield settings
        settings.DEBUG = False
        reload(urls)
        clear_url_caches()

    def test_it_exists_in_development_only(self, addresses: Settings, client: Client) -> None:
        for debug in (True, False):
            addresses.DEBUG = debug
            reload(urls)
            clear_url_caches()
            if debug:
                assert reverse("gallery") == "/dev/components/"
                continue
            with pytest.raises(NoReverseMatch):
                reverse("gallery")
            assert client.get("/dev/components/").status_code == 404


class TestCharts:
    def test_the_table_holds_what_was_drawn(self) -> None:
        points = [("SMS", 1_261), ("Web", 120)]
        html = drawn('{% bar_chart "Joined" summary="Most by SMS" points=points %}', points=points)
        assert '<th scope="row">SMS</th><td class="num">1,261</td>' in html
        assert '<th scope="row">Web</th><td class="num">120</td>' in html
        assert html.index("scale(1.0000 1)") < html.index("scale(0.0952 1)")
        assert 'role="img" aria-label="Most by SMS"' in html

    def test_bars_can_fall(self) -> None:
        chart = charts.BarChart(title="a", summary="b", points=[("few", 1), ("many", 9)], order="falling")
        assert [bar.label for bar in chart.bars] == ["many", "few"]

    def test_a_funnel_says_what_each_step_kept(self) -> None:
        chart = charts.Funnel(title="a", summary="b", points=[("saw", 200), ("came", 50), ("voted", 0), ("won", 0)])
        assert [(bar.share, bar.kept) for bar in chart.bars] == [(1, ""), (0.25, "25 %"), (0, "0 %"), (0, "")]

    def test_lines_share_one_scale_and_one_table(self) -> None:
        series = [charts.Series("A", (0, 10), leads=True), charts.Series("B", (5, 5))]
        chart = charts.LineChart(title="a", summary="b", labels=["21:00", "21:01"], series=series)
        assert [path for _series, path, _last in chart.lines] == ["M0.0 100.0L240.0 0.0", "M0.0 50.0L240.0 50.0"]
        assert chart.rows == [["21:00", "0", "5"], ["21:01", "10", "5"]]
        assert chart.head == ["", "A", "B"]

    def test_a_line_of_counts_is_told_by_their_sum(self) -> None:
        series = [charts.Series("SMS", (2, 3, 0))]
        reached = charts.LineChart(title="a", summary="b", labels=["1", "2", "3"], series=series)
        counted = charts.LineChart(title="a", summary="b", labels=["1", "2", "3"], series=series, told="sum")
        assert [figure for _series, _path, figure in reached.lines] == ["0"]
        assert [figure for _series, _path, figure in counted.lines] == ["5"]

    @pytest.mark.parametrize(
        ("points", "line"),
        [([("now", 3)], "M0.0 0.0L240.0 0.0"), ([("a", 0), ("b", 0)], "M0.0 100.0L240.0 100.0")],
    )
    def test_a_sparkline_of_one_value_or_of_nothing_is_level(self, points: list[tuple[str, int]], line: str) -> None:
        assert charts.Sparkline(title="a", summary="b", points=points).line == line


class TestCountdown:
    @pytest.mark.parametrize(
        ("seconds", "clock"), [(0, "0:00"), (-5, "0:00"), (42, "0:42"), (60, "1:00"), (3_723, "1:02:03")]
    )
    def test_time_left_is_written_as_a_clock(self, seconds: int, clock: str) -> None:
        now = gallery.samples()["now"]
        html = drawn(
            '{% countdown until=until now=now label="Closes in" %}',
            now=now,
            until=now + timedelta(seconds=seconds),
        )
        assert f'<span class="figures">{clock}</span>' in html


def test_an_icon_is_known_by_its_name_only() -> None:
    with pytest.raises(TemplateSyntaxError):
        _ = Icon(icon="../base").drawing


class TestStylesheets:
    @pytest.fixture
    def collected(self, tmp_path: Path) -> BundledStorage:
        """The project's own static files, collected as for production."""
        storage = BundledStorage(location=tmp_path, base_url="/static/")
        source = FileSystemStorage(Path(settings.BASE_DIR) / "static")
        paths = [path.relative_to(source.location).as_posix() for path in Path(source.location).rglob("*.*")]
        for path in paths:
            with source.open(path) as file:
                storage.save(path, file)
        for _name, _hashed, fault in storage.post_process({path: (source, path) for path in paths}):
            assert not isinstance(fault, Exception)
        return storage

    def test_development_links_every_file_tokens_first(self) -> None:
        addresses = links()["addresses"]
        assert addresses[0] == "/static/css/tokens.css"
        assert addresses == [f"/static/{name}" for name in names()]

    def test_production_links_one_small_file(self, collected: BundledStorage, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(stylesheets, "staticfiles_storage", collected)
        (address,) = links()["addresses"]
        text = (Path(collected.location) / address.removeprefix("/static/")).read_text()
        assert [name for name in names() if (Path(settings.BASE_DIR) / "static" / name).read_text() not in text] == []
        assert len(gzip.compress(text.encode())) < 12_000

    def test_modules_import_hashed_modules(self, collected: BundledStorage) -> None:
        gallery_module = (Path(collected.location) / collected.stored_name("js/gallery.js")).read_text()
        assert f'"./{Path(collected.stored_name("js/leaderboard.js")).name}"' in gallery_module

    def test_the_live_script_is_small(self) -> None:
        scripts = [Path(settings.BASE_DIR) / "static/js" / name for name in ("leaderboard.js", "countdown.js")]
        assert sum(len(gzip.compress(path.read_bytes())) for path in scripts) < 6_000
