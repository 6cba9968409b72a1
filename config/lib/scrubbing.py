"""Keeps secrets, tokens and phone numbers out of logs and error reports: by the name of a value, and by its look."""

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "[hidden]"
_SECRET_NAMES = re.compile(
    r"password|passwd|secret|token|authorization|cookie|signature|api_?key|private|credential|otp"
    r"|^(code|body|text|subject|phone|email|to|from_|sender|recipient)$",
    re.IGNORECASE,
)
_SECRET_TEXT = re.compile(
    r"(?:\+|%2B)\d{7,15}\b"  # E.164 phone numbers, plain and in a query string
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]+"  # JSON Web Tokens
    r"|\bff_[\w-]{8,}"  # our API keys
    r"|(?<=/[vcp]/)[\w.~-]{8,}"  # personal links
    r"|(?<=/key/)[\w.~-]{8,}"  # links that set a new password
    r"|(?<=/unlock/)[\w.~-]{8,}"  # links that open a locked account
    r"|(?<=/confirm-email/)[\w.~:-]{8,}"  # links that confirm an e-mail address
    r"|(?i:(?<=bearer )[\w.~+/-]{8,}=*)"  # Authorization headers
    r"|(?i:(?<=token=)|(?<=viewing=)|(?<=password=)|(?<=secret=)|(?<=code=))[^&\s'\"]+"  # query strings
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"  # user and password of a database's or provider's address
    r"|[\w.+-]+(?:@|%40)[\w-]+\.[\w.-]+"  # e-mail addresses
)


def scrub_text(text: str) -> str:
    """The text with everything that looks like a secret, a phone number or an e-mail address hidden."""
    return _SECRET_TEXT.sub(HIDDEN, text)


def scrub_value(value: Any, name: str = "") -> Any:
    """The value without secrets, all the way down; objects other than text, numbers and containers as scrubbed text."""
    if value is None or isinstance(value, bool | int | float):
        return HIDDEN if value is not None and _SECRET_NAMES.search(name) else value
    if _SECRET_NAMES.search(name):
        return HIDDEN
    if isinstance(value, Mapping):
        return {key: scrub_value(item, str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [scrub_value(item) for item in value]
    return scrub_text(str(value))


def scrub(_logger: Any, _method: str, entry: Any) -> Any:
    """A structlog processor: every value of the entry. The record underneath is not a value, and must stay itself."""
    return {
        name: value if name.startswith("_") else scrub_value(value, "" if name in _OURS else name)
        for name, value in entry.items()
    }


_OURS = frozenset({"event", "level", "logger", "timestamp", "exception", "request_id", "task_id"})
