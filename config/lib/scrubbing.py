"""Keeps secrets, tokens and phone numbers out of the logs: a structlog processor applied to every entry."""

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "[hidden]"
_SECRET_NAMES = re.compile(
    r"password|passwd|secret|token|authorization|cookie|signature|api_?key|private|credential|otp|^code$|^body$|^phone$|^email$",
    re.IGNORECASE,
)
_SECRET_TEXT = re.compile(
    r"\+\d{7,15}\b"  # E.164 phone numbers
    r"|%2B\d{7,15}\b"  # the same in a query string
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]+"  # JSON Web Tokens
    r"|\bff_[\w-]{8,}"  # our API keys
    r"|(?<=/[vcp]/)[\w.~-]{8,}"  # personal links
    r"|(?<=viewing=)[\w.~-]+"  # viewing tokens of sockets and streams
    r"|[\w.+-]+@[\w-]+\.[\w.-]+",  # e-mail addresses
)


def scrub_text(text: str) -> str:
    """The text with everything that looks like a secret, a phone number or an e-mail address hidden."""
    return _SECRET_TEXT.sub(HIDDEN, text)


def _scrub_value(name: str, value: Any) -> Any:
    if value is not None and _SECRET_NAMES.search(name):
        return HIDDEN
    if isinstance(value, str):
        return scrub_text(value)
    if isinstance(value, Mapping):
        return {key: _scrub_value(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_scrub_value("", item) for item in value]
    return value


def scrub(_logger: Any, _method: str, entry: Any) -> Any:
    """A structlog processor: every value of the entry, by its name and by its look."""
    return {name: _scrub_value(name, value) for name, value in entry.items()}
