"""Every address that Django's resolver knows, those of development among them, and the samples to fill them in with."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, reverse

from accounts.models import User
from config import urls

Where = Callable[[str], str]
"""From the name of an address to a path with everything filled in."""

_MODEL_PAGES = ("changelist", "add", "change", "delete", "history")


@dataclass(frozen=True)
class Address:
    """An entry of the resolver. `name` is as `reverse` wants it (`event-pages:home`), "" where it has none."""

    name: str
    route: str


def known() -> Iterator[Address]:
    """All of them, whether or not DEBUG mounts those of development."""
    always = [entry for entry in urls.urlpatterns if entry not in urls.development]
    yield from _below([*always, *urls.development], (), "")


def _below(patterns: Sequence[URLPattern | URLResolver], spaces: tuple[str, ...], route: str) -> Iterator[Address]:
    for entry in patterns:
        whole = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _below(entry.url_patterns, (*spaces, entry.namespace) if entry.namespace else spaces, whole)
        else:
            yield Address(":".join((*spaces, entry.name)) if entry.name else "", whole)


def plain(name: str) -> str:
    """The address takes nothing."""
    return reverse(name)


def asked(query: str) -> Where:
    """The address with `?query`."""
    return lambda name: f"{reverse(name)}?{query}"


def filled(**samples: Callable[[], object]) -> Where:
    """The address with each argument taken from the demo."""
    return lambda name: reverse(name, kwargs={argument: sample() for argument, sample in samples.items()})


class NothingThere(LookupError):
    """The demo has no such row for this visitor."""


def is_model_page(name: str) -> bool:
    """Whether the address is one of those that Django's admin makes for each model."""
    which, _underscore, page = name.removeprefix("admin:").rpartition("_")
    return name.startswith("admin:") and page in _MODEL_PAGES and which in _consoles()


def first_row(name: str, user: User) -> str:
    """The admin's page for a model or its first row, as `user` sees it. Raises NothingThere."""
    which, _underscore, page = name.removeprefix("admin:").rpartition("_")
    if page in {"changelist", "add"}:
        return reverse(name)
    if page == "history" and not getattr(_consoles()[which], "keeps_history", True):
        raise NothingThere(name)
    request = HttpRequest()
    request.user = user
    row = _consoles()[which].get_queryset(request).order_by("pk").first()
    if row is None:
        raise NothingThere(name)
    return reverse(name, args=[row.pk])


def _consoles() -> "dict[str, admin.ModelAdmin[Any]]":
    """What the console has for each model, by the first part of its addresses' names."""
    registered = admin.site._registry  # noqa: SLF001 - Django offers no other way to ask for all of them
    return {f"{model._meta.app_label}_{model._meta.model_name}": console for model, console in registered.items()}
