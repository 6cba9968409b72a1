"""The smallest body that the API's own document allows, so that a refusal is about who asks and not about what."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

import yaml

from config.tests.architecture.sources import PROJECT

Schema = Mapping[str, Any]

# What is needed "either or", which the document says in words only.
_EITHER: Final[Mapping[str, Any]] = {
    "EventBodyRequest": {"venue": {"name": "Hall", "city": "Bern", "country": "CH", "timezone": "Europe/Zurich"}},
    "SlotBodyRequest": {"name": "Somebody new"},
}


@cache
def document() -> Schema:
    """The OpenAPI document, which a check keeps true."""
    found: Schema = yaml.safe_load((PROJECT / "docs" / "openapi.yaml").read_text())
    return found


def operations(path: str) -> dict[str, Schema]:
    """What the document says of a path (`/api/v1/events/{event_id}`), by verb in upper case."""
    found: Schema = document()["paths"].get(path, {})
    return {verb.upper(): operation for verb, operation in found.items() if verb != "parameters"}


def smallest_body(operation: Schema) -> Any:
    """{} where the operation takes none."""
    content = operation.get("requestBody", {}).get("content", {})
    body = content.get("application/json")
    return _smallest(body["schema"]) if body else {}


def _smallest(schema: Schema) -> Any:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        found = _smallest(document()["components"]["schemas"][name])
        return found | _EITHER[name] if name in _EITHER else found
    for several in ("allOf", "anyOf", "oneOf"):
        if several in schema:
            return _smallest(schema[several][0])
    if "enum" in schema:
        return next(value for value in schema["enum"] if value != "")
    return _of_type(schema)


def _of_type(schema: Schema) -> Any:
    kind = schema.get("type")
    match kind[0] if isinstance(kind, list) else kind:
        case "object":
            return {name: _smallest(schema["properties"][name]) for name in schema.get("required", ())}
        case "array":
            return [_smallest(schema["items"]) for _each in range(schema.get("minItems", 0))]
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case _:
            return _text(schema)


def _text(schema: Schema) -> str:
    samples = {
        "date-time": (datetime.now(UTC) + timedelta(days=30)).isoformat(),
        "email": "somebody.new@example.test",
        "uri": "https://example.test/",
    }
    shortest: int = schema.get("minLength", 1)
    return samples.get(schema.get("format", ""), "x" * max(1, shortest))
