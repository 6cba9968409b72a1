"""Where passkeys work: on the domain of PUBLIC_URL, for a browser binds each of them to one (WebAuthn, section 5.1.2)."""

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

_LOCAL: Final = "localhost"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def relying_party() -> str:
    """The domain that passkeys are bound to. No browser binds one to an IP address: `localhost` stands for those."""
    host = urlsplit(settings.PUBLIC_URL).hostname or _LOCAL
    return _LOCAL if _is_address(host) else host


def works_at(host: str) -> bool:
    """Whether a page served under this `Host` may ask for a passkey of ours."""
    name, domain = urlsplit(f"//{host}").hostname or "", relying_party()
    return name == domain or name.endswith(f".{domain}")


def where_it_works() -> str:
    """The origin to go to where it does not: PUBLIC_URL, by its name."""
    public = urlsplit(settings.PUBLIC_URL)
    port = f":{public.port}" if public.port else ""
    return f"{public.scheme}://{relying_party()}{port}"
