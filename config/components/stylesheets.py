"""The stylesheets of every page: many small files while developing, one file when collected for production."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile
from servestatic.storage import CompressedManifestStaticFilesStorage

BUNDLE: Final = "css/fanfare.css"
FOUNDATION: Final = ("tokens", "reset", "base", "layout", "utilities")


def names() -> list[str]:
    """Every file of the design system, in order; the cascade layers make the order matter only for the first."""
    folder = Path(settings.BASE_DIR) / "static"
    components = sorted(path.relative_to(folder).as_posix() for path in (folder / "css/components").glob("*.css"))
    return [f"css/{name}.css" for name in FOUNDATION] + components


class BundledStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # servestatic ships no types
    """Collects as usual, and first writes the design system into one file: one request instead of forty."""

    support_js_module_import_aggregation = True  # a module's imports are hashed, too: no page mixes two releases
    # Ours alone: a comment of a library that names a type's file is no import.
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],  # noqa: SLF001 - Django has no setting for it
    )

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """`paths` is name → (storage, path), as `collectstatic` hands it over."""
        if not dry_run:
            texts = [self._text(*paths[name]) for name in names()]
            self.delete(BUNDLE)
            self._save(BUNDLE, ContentFile("\n".join(texts).encode()))
            paths = {**paths, BUNDLE: (self, BUNDLE)}
        yield from super().post_process(paths, dry_run=dry_run, **options)

    @staticmethod
    def _text(storage: Any, path: str) -> str:
        with storage.open(path) as file:
            return str(file.read().decode())


def links() -> dict[str, list[str]]:
    """The addresses a page links to."""
    chosen = [BUNDLE] if isinstance(staticfiles_storage, BundledStorage) else names()
    return {"addresses": [staticfiles_storage.url(name) for name in chosen]}
