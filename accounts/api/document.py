"""How the OpenAPI document describes our ways of signing in."""

from typing import Any, Final

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from accounts.scopes import CATALOGUE

_BEARER: Final = """An access token of POST /api/v1/auth/login, or an API key (`ff_…`) of POST /api/v1/keys.

An access token may do all that its account may. An API key may do what its scopes say, as far as the account's role gives it:

{scopes}"""


class BearerTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its subclass hook has no types
    """How the document describes BearerToken."""

    target_class = "accounts.api.authentication.BearerToken"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        scopes = "\n".join(f"- `{name}`: {words}" for name, words in CATALOGUE.items())
        return {
            "type": "http",
            "scheme": "bearer",
            "description": _BEARER.format(scopes=scopes),
        }


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its subclass hook has no types
    """How the document describes Session."""

    target_class = "accounts.api.authentication.Session"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": "__Host-sessionid"}  # its name wherever there is TLS


SCHEMES = (BearerTokenScheme, SessionScheme)
