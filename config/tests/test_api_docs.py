"""The OpenAPI document and its try-it page."""

import re
from typing import Any

import pytest
import yaml
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from openapi_spec_validator import validate

from config.lib.errors import all_refusals
from config.tests.architecture.sources import PROJECT

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def document() -> Any:
    generator: Any = SchemaGenerator
    return generator().get_schema(request=None, public=True)


def operations(document: Any) -> dict[str, Any]:
    methods = {"get", "post", "put", "patch", "delete"}
    return {
        f"{method.upper()} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in methods
    }


def test_the_document_is_valid(document: Any) -> None:
    validate(document)


def test_the_committed_document_is_the_present_one(document: Any) -> None:
    """Write it anew with: .venv/bin/python manage.py spectacular --file docs/openapi.yaml"""
    assert yaml.safe_load((PROJECT / "docs/openapi.yaml").read_text()) == yaml.safe_load(yaml.safe_dump(document))


def test_every_code_is_in_the_document(document: Any) -> None:
    codes = {refusal.code for refusal in all_refusals() if ".tests" not in refusal.__module__}

    assert {"AUTH_REQUIRED", "UNKNOWN_FIELD", "RATE_LIMIT_EXCEEDED", "INTERNAL_ERROR"} <= codes
    assert set(document["components"]["schemas"]["ErrorCode"]["enum"]) == codes


def test_codes_are_named_by_one_refusal_each() -> None:
    """But for one that says what its base says, under another status."""
    by_code: dict[str, list[str]] = {}
    for refusal in all_refusals():
        if ".tests" not in refusal.__module__ and getattr(refusal.__base__, "code", "") != refusal.code:
            by_code.setdefault(refusal.code, []).append(f"{refusal.__module__}.{refusal.__name__}")

    assert {code: names for code, names in by_code.items() if len(names) > 1} == {}


def test_every_operation_says_what_everyone_may_meet(document: Any) -> None:
    found = operations(document)

    assert len(found) >= 5
    for name, operation in found.items():
        if not name.split()[1].startswith("/api/v1/"):
            continue
        answers = operation["responses"]
        assert {"429", "500"} <= set(answers), name
        assert any(status.startswith("2") for status in answers), name
        assert "security" in operation, name


def test_the_page_shows_the_document_under_a_policy_without_foreign_scripts(client: Client) -> None:
    answer = client.get("/api/docs/", headers={"Accept": "text/html"})
    page = answer.content.decode()

    assert answer.status_code == 200
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert re.findall(r"<script(?![^>]* src=)", page) == []
    assert all(source.startswith("/") for source in re.findall(r'(?:src|href)="([^"]*)"', page))


def test_the_pages_script_points_at_the_schema(client: Client) -> None:
    script = client.get("/api/docs/?script=")

    assert script["Content-Type"].startswith("application/javascript")
    assert "/api/schema/" in script.content.decode()


def test_the_schema_is_served(client: Client) -> None:
    answer = client.get("/api/schema/")

    assert answer.status_code == 200
    assert yaml.safe_load(answer.content)["openapi"] == "3.1.0"


@pytest.mark.parametrize("wanted", ["*/*", "application/json", "application/yaml"])
def test_the_document_refuses_in_the_envelope(client: Client, wanted: str) -> None:
    answer = client.post("/api/schema/", headers={"Accept": wanted})

    assert (answer.status_code, answer["Content-Type"]) == (405, "application/json")
    assert answer.json()["error"]["code"] == "METHOD_NOT_ALLOWED"
