"""A picture of every page in three sizes and both themes, and a sheet with all of them."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.html import format_html, format_html_join

from config.audit.axe import THEMES, Theme
from config.audit.looking import Sight, Target, sights
from config.audit.pages import Kind
from config.audit.report import progress
from config.audit.site import Demo
from config.tests.browser.chromium import chromium

FOLDER: Final = Path(settings.BASE_DIR) / "artefacts/screenshots"
SIZES: Final = ((360, 740), (768, 1024), (1440, 900))
SCREEN_IN_THE_ROOM: Final = ((1920, 1080),)
_MOST_PIXELS: Final = 8_000  # of height; a list may be longer than anybody looks
# Scripts that listen to the size of the window have their say in the first frame; the second is drawn with it.
_DRAWN: Final = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
_SHEET: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Every page</title><style>
body {{ font: 14px system-ui; background: #777; color: #fff; margin: 16px }} section {{ margin-block: 32px }}
div {{ display: flex; gap: 12px; align-items: start; overflow-x: auto }} a {{ color: inherit }} figure {{ margin: 0 }}
img {{ height: 420px; object-fit: cover; object-position: top; max-width: 760px }}
</style></head><body><h1>{} pages</h1><p>{}</p>{}</body></html>"""


def take(demo: Demo, wanted: Sequence[Target], *, afresh: bool) -> Path:
    """Returns the sheet. `afresh` deletes the pictures of last time first; without it they are replaced one by one."""
    if afresh:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for sight in sights(demo, browser, progress(wanted, "pictures")):
            if sight.page.kind is Kind.LIBRARY:  # which draws it when its scripts have run
                sight.tab.wait_for_load_state("networkidle")
            for path, width, height, theme in _pictures(sight):
                sight.tab.set_viewport_size({"width": width, "height": height})
                sight.tab.emulate_media(color_scheme=theme, reduced_motion="reduce")
                sight.tab.evaluate(_DRAWN)
                whole = sight.tab.evaluate("document.documentElement.scrollHeight")
                sight.tab.screenshot(
                    path=path, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": min(whole, _MOST_PIXELS)}
                )
    return _sheet()


def _pictures(sight: Sight) -> Iterator[tuple[Path, int, int, Theme]]:
    sizes = SCREEN_IN_THE_ROOM if sight.page.name.startswith("stage") else SIZES
    for width, height in sizes:
        for theme in THEMES:
            yield FOLDER / f"{sight.page.name}--{width}-{theme}.png", width, height, theme


def _sheet() -> Path:
    """Of everything in the folder, each page by its name."""
    pages: dict[str, list[Path]] = {}
    for picture in sorted(FOLDER.glob("*.png"), key=lambda path: (len(path.stem), path.stem)):
        pages.setdefault(picture.stem.partition("--")[0], []).append(picture)
    names = sorted(pages)
    contents = format_html_join(" · ", '<a href="#{}">{}</a>', ((name, name) for name in names))
    sections = format_html_join(
        "\n", '<section id="{}"><h2>{}</h2><div>{}</div></section>', ((name, name, _row(pages[name])) for name in names)
    )
    sheet = FOLDER / "index.html"
    sheet.write_text(format_html(_SHEET, len(names), contents, sections))
    return sheet


def _row(pictures: Sequence[Path]) -> str:
    return format_html_join(
        "",
        '<figure><a href="{}"><img src="{}" alt="" loading="lazy"></a><figcaption>{}</figcaption></figure>',
        ((picture.name, picture.name, picture.stem.partition("--")[2]) for picture in pictures),
    )
