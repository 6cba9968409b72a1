"""The OpenAPI document, drawn from the views: scopes, refusals, the envelope, and the headers around it."""

from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.utils.module_loading import import_string
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction, OpenApiParameter
from rest_framework.serializers import Serializer

from config.lib import errors
from config.lib.api import document
from config.lib.api.document import JSON, Schema
from config.lib.api.scopes import PERSON, PUBLIC
from config.lib.api.serializers import Body
from config.lib.errors import Refusal

_SAFE = {"GET", "HEAD", "OPTIONS"}
_WITH_BODY = {"POST", "PUT", "PATCH"}


class EnvelopeSchema(AutoSchema):
    """Adds to what drf-spectacular finds: the envelope, every refusal by its code, limits, ETags, idempotency keys."""

    def get_auth(self) -> list[dict[str, list[str]]]:
        """The ways in, with the scope they must carry; {} where nobody needs one."""
        ways: list[dict[str, list[str]]] = super().get_auth()
        scope = self._scope()
        if scope == PUBLIC:
            return [{}, *(way for way in ways if way)]
        carried = [scope] if scope and scope != PERSON else []
        return [{name: carried if name == "bearer" else [] for name in way} for way in ways if way]

    def get_operation(self, *args: Any, **kwargs: Any) -> Schema | None:
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        operation.setdefault("security", [])  # said outright: nobody needs to sign in
        if (scope := self._scope()) != PUBLIC:
            needs = (
                "Needs a person who is signed in; API keys do not reach it."
                if scope == PERSON
                else f"Needs the scope `{scope}`."
            )
            operation["description"] = f"{operation.get('description', '')}\n\n{needs}".strip()
        return operation

    def get_override_parameters(self) -> list[OpenApiParameter | Serializer[Any] | type[Serializer[Any]]]:
        return list(self._parameters())

    def _parameters(self) -> Iterator[OpenApiParameter]:
        query: Final = OpenApiParameter.QUERY
        header: Final = OpenApiParameter.HEADER
        if self._is_page():
            yield OpenApiParameter("cursor", str, query, description="From `meta.next` or `meta.previous`.")
            bounds = {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}
            yield OpenApiParameter("limit", bounds, query)
            if orderings := getattr(self.view, "orderings", ()):
                yield OpenApiParameter("ordering", str, query, enum=orderings)
        if self._is_idempotent():
            key = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"}
            yield OpenApiParameter("Idempotency-Key", key, header, description="Kept for 24 hours.")
        if errors.StaleVersion in self._named_refusals():
            yield OpenApiParameter("If-Match", str, header, description="An ETag; another state is 412.")

    def _scope(self) -> str:
        return str(getattr(self.view, "scopes", {}).get(self.method, ""))

    def _named_refusals(self) -> tuple[type[Refusal], ...]:
        return tuple(getattr(self.view, "refusals", {}).get(self.method, ()))

    def _is_page(self) -> bool:
        return self.method == "GET" and bool(self._is_list_view())

    def _is_idempotent(self) -> bool:
        return hasattr(getattr(self.view, self.method.lower()), "honours_idempotency_key")

    def _refusals(self) -> Iterator[type[Refusal]]:
        """Every refusal this operation may answer with."""
        yield from document.ANYWHERE
        yield from self._named_refusals()
        if self.view.authentication_classes:
            yield from document.WITH_CREDENTIALS
        if self._scope() != PUBLIC:
            yield errors.AuthRequired
            yield errors.Forbidden
            yield errors.InsufficientScope
            yield errors.SecondFactorMissing
        if self.method not in _SAFE and self.view.authentication_classes:
            yield errors.Forbidden  # a session without its CSRF token
        if "{" in self.path:
            yield errors.NotFound
        if self.method in _WITH_BODY:
            yield from document.WITH_BODY
        if self._is_page() or self._is_idempotent():
            yield errors.Malformed
        if self._is_idempotent():
            yield errors.IdempotencyMismatch

    def _get_response_bodies(self, direction: Direction = "response") -> Schema:
        answers: Schema = super()._get_response_bodies(direction)
        versioned = self.method in {"GET", *_WITH_BODY} and any(
            self._has_version(shown) for shown in self._response_serializers()
        )
        for status, found in answers.items():
            more = [*(["ETag"] if versioned else []), *(["Location"] if status == "201" else [])]
            found["headers"] = {**document.header_refs(more), **found.get("headers", {})}
        if versioned and self.method == "GET":
            answers["304"] = {"description": "Not modified", "headers": document.header_refs(["ETag"])}
        return {**document.error_answers(self._refusals()), **answers}

    def _response_serializers(self) -> list[Any]:
        shown = self.get_response_serializers()
        return list(shown.values()) if isinstance(shown, dict) else [shown]

    @staticmethod
    def _has_version(serializer: Any) -> bool:
        return "version" in getattr(serializer, "_declared_fields", {})

    def _get_response_for_code(self, serializer: Any, status_code: str, *args: Any, **kwargs: Any) -> Schema:
        found: Schema = super()._get_response_for_code(serializer, status_code, *args, **kwargs)  # type: ignore[no-untyped-call]  # untyped there
        found["description"] = found.get("description") or "Done"
        for media_type, content in found.get("content", {}).items():
            if media_type == JSON:
                content["schema"] = document.enveloped(content["schema"], paged=self._is_page())
        if "content" not in found and status_code not in {"204", "304"}:
            found["content"] = {JSON: {"schema": document.enveloped(None)}}
        return found

    def _map_basic_serializer(self, serializer: Any, direction: str) -> Schema:
        schema: Schema = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]  # untyped there
        if isinstance(serializer, Body) and direction == "request":
            schema["additionalProperties"] = False
        return schema


def complete(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """A drf-spectacular postprocessing hook: the shared components, and the operations that Django never sees.

    `EDGE_DOCUMENTS` names dictionaries of path → path item, in the words of OpenAPI, that apps keep beside their edge.
    """
    for name in settings.EDGE_DOCUMENTS:
        for path, item in import_string(name).items():
            result["paths"].setdefault(path, {}).update(item)
    result["paths"] = dict(sorted(result["paths"].items()))
    for kind, shared in document.components().items():
        merged = {**result["components"].get(kind, {}), **shared}
        result["components"][kind] = dict(sorted(merged.items()))
    return result
