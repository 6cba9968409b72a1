"""ETags of single resources, for caches and for optimistic locking."""

from rest_framework.request import Request

from config.lib.errors import StaleVersion

_LONGEST_VERSION = 10  # digits; Python refuses to read thousands of them


def etag_of(public_id: str, version: int) -> str:
    """A strong ETag: the resource and its version."""
    return f'"{public_id}.{version}"'


def _listed(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",") if tag.strip()}


def unchanged(request: Request, etag: str) -> bool:
    """Whether If-None-Match already names this state, so that 304 is the answer."""
    tags = _listed(request.headers.get("If-None-Match", ""))
    return bool(tags & {etag.removeprefix("W/"), "*"})


def expected_version(request: Request, public_id: str) -> int | None:
    """The version If-Match asks for; None without the header. Raises StaleVersion when it names another thing."""
    tags = _listed(request.headers.get("If-Match", ""))
    if not tags or "*" in tags:
        return None
    versions = [tag.strip('"').rpartition(".") for tag in tags]
    for name, _dot, version in versions:
        if name == public_id and version.isdecimal() and len(version) <= _LONGEST_VERSION:
            return int(version)
    raise StaleVersion
