"""Sentry, when SENTRY_DSN is set: faults with their stack, without anything a person typed, sent or is."""

from typing import Any

import sentry_sdk

from config.lib.scrubbing import scrub_value

# Whole parts of an event that hold what people sent; what is left is scrubbed text by text.
_DROPPED_FROM_REQUEST = ("data", "query_string", "cookies", "headers", "env")


def start(*, dsn: str, environment: str) -> None:
    """Report faults of this process. Who was signed in and local variables stay here: they hold texts and tokens."""
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        include_local_variables=False,
        max_request_body_size="never",
        before_send=without_people,
        before_breadcrumb=without_secrets,
    )


def without_people(event: Any, _hint: dict[str, Any]) -> Any:
    """The event without its user and what the request carried, and every text of it scrubbed."""
    event.pop("user", None)
    request = event.get("request", {})
    for part in _DROPPED_FROM_REQUEST:
        request.pop(part, None)
    return scrub_value(event)


def without_secrets(breadcrumb: dict[str, Any], _hint: dict[str, Any]) -> dict[str, Any]:
    """The steps that led to a fault, scrubbed likewise."""
    scrubbed: dict[str, Any] = scrub_value(breadcrumb)
    return scrubbed
