"""Every address of the API says who may use it; every name in a template exists."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from django.template.loader import get_template
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver

from accounts.policies import ROLE_SCOPES
from accounts.scopes import CATALOGUE
from config.lib.api.views import PERSON, PUBLIC, ApiView
from config.tests.architecture.sources import PROJECT

POLICIES = "".join(path.read_text() for path in PROJECT.glob("*/**/policies.py") if path.parent.name != "accounts")
METHODS = ("get", "post", "put", "patch", "delete")


def patterns(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address with its pattern, as a route from the root."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        else:
            yield route, entry


def api_views() -> Iterator[tuple[str, type[ApiView]]]:
    for route, pattern in patterns():
        view = getattr(pattern.callback, "cls", None)
        if isinstance(view, type) and issubclass(view, ApiView):
            yield route, view


def problems(view: type[ApiView]) -> list[str]:
    """What is wrong with the scopes and refusals of `view`."""
    answered = {method.upper() for method in METHODS if hasattr(view, method)}
    found = [f"{method} names no scope" for method in sorted(answered - set(view.scopes))]
    found += [f"{method} is not answered" for method in sorted((set(view.scopes) | set(view.refusals)) - answered)]
    unknown = sorted(set(view.scopes.values()) - CATALOGUE.keys() - {PUBLIC, PERSON})
    return found + [f"{scope} is not in accounts/scopes.py" for scope in unknown]


def test_every_view_of_the_api_names_a_scope_for_every_method() -> None:
    views = dict(api_views())

    assert len(views) >= 5
    assert {route: found for route, view in views.items() if (found := problems(view))} == {}


def test_everything_under_the_api_is_an_api_view() -> None:
    """So that envelope, limits and refusal by default hold for all of them."""
    others = {
        route
        for route, pattern in patterns()
        if route.startswith("api/v1/") and not issubclass(getattr(pattern.callback, "cls", object), ApiView)
    }

    assert others == set()


@pytest.mark.parametrize(
    ("scopes", "problem"),
    [
        ({}, "GET names no scope"),
        ({"GET": "evnts:read"}, "evnts:read is not in accounts/scopes.py"),
        ({"GET": PUBLIC, "PUT": PUBLIC}, "PUT"),
    ],
)
def test_a_view_without_its_scopes_is_caught(scopes: dict[str, str], problem: str) -> None:
    def get(self: ApiView, request: Any) -> None: ...

    view = type("Wrong", (ApiView,), {"scopes": scopes, "get": get})

    assert len(problems(view)) == 1
    assert problem in problems(view)[0]


def test_the_catalogue_of_scopes_holds_what_roles_give_and_addresses_ask_for() -> None:
    """A scope that no address asks for would promise something to whoever makes a key."""
    given = frozenset().union(*ROLE_SCOPES.values()) - {"*"}
    asked = {scope for _route, view in api_views() for scope in view.scopes.values()} - {PUBLIC, PERSON}

    assert {scope for scope in CATALOGUE if not scope.startswith("admin:")} == given
    assert {scope for scope in set(CATALOGUE) - asked if f'"{scope}"' not in POLICIES} == set()


def test_the_document_says_which_scope_each_address_needs() -> None:
    document = yaml.safe_load((PROJECT / "docs/openapi.yaml").read_text())
    operations = [found for item in document["paths"].values() for method, found in item.items() if method in METHODS]
    needed = {scope for found in operations for way in found["security"] for scope in way.get("bearer", ())}

    assert needed <= set(CATALOGUE)
    assert needed == {scope for _route, view in api_views() for scope in view.scopes.values()} - {PUBLIC, PERSON}
    described = document["components"]["securitySchemes"]["bearer"]["description"]
    assert [scope for scope in CATALOGUE if f"`{scope}`" not in described] == []


def templates() -> list[str]:
    folder = PROJECT / "templates"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.suffix in {".html", ".txt"})


@pytest.mark.parametrize("name", templates())
def test_every_template_can_be_read(name: str) -> None:
    get_template(name)


def missing_addresses(text: str) -> list[str]:
    """The names in {% url %} tags that no address has."""
    resolver, missing = get_resolver(), []
    for name in re.findall(r"""\{%\s*url\s+['"]([^'"]+)['"]""", text):
        try:
            known = (
                bool(resolver.reverse_dict.getlist(name)) if ":" not in name else bool(_in_namespace(resolver, name))
            )
        except (KeyError, NoReverseMatch):
            known = False
        if not known:
            missing.append(name)
    return missing


def _in_namespace(resolver: URLResolver, name: str) -> Any:
    *namespaces, last = name.split(":")
    for namespace in namespaces:
        _prefix, resolver = resolver.namespace_dict[namespace]
    return resolver.reverse_dict.getlist(last)


@pytest.mark.urls("messaging.tests.development_urls")  # templates that only development shows are among them
def test_every_address_named_in_a_template_exists() -> None:
    folder = PROJECT / "templates"

    assert {name: found for name in templates() if (found := missing_addresses((folder / name).read_text()))} == {}


def test_an_address_that_does_not_exist_is_caught() -> None:
    assert missing_addresses("{% url 'account_login' %}{% url 'nobody:there' %}{% url 'nowhere' 1 %}") == [
        "nobody:there",
        "nowhere",
    ]
