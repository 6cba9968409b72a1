"""Request ids: one name for everything that one request causes, in the answer, the log and the jobs it starts."""

import re
import secrets

_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")


def request_id_from(header: str) -> str:
    """The id a caller sent in X-Request-ID, if it is one (8 to 64 plain characters); otherwise a new one.

    Anything else would let a caller write into our logs and headers.
    """
    return header if _SANE.fullmatch(header) else secrets.token_hex(16)
