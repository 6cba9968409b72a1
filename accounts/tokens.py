"""Access and refresh tokens of mobile clients: JSON Web Tokens (RFC 7519), HMAC-SHA-256, keys from the key ring.

Each token names its key (`kid`), so FANFARE_KEYS can be rotated without signing anybody out: the newest key signs, every
key of the ring verifies. A token is never enough by itself: it names a RefreshFamily, and the row decides.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import jwt
from django.conf import settings

from accounts.models import RefreshFamily
from config.lib.errors import InvalidToken, TokenExpired
from config.lib.secrets import keys_for

ALGORITHM: Final = "HS256"
ACCESS: Final = "fanfare:access"
REFRESH: Final = "fanfare:refresh"
_CLAIMS: Final = {ACCESS: ["sub", "fam", "exp", "aud"], REFRESH: ["fam", "gen", "exp", "aud"]}


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a client is given. `expires_in` is the life of `access` in seconds."""

    access: str
    refresh: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class RefreshClaims:
    """What a genuine refresh token says: the family's public id and the generation it was issued for."""

    family: str
    generation: int


def _kid(key: bytes) -> str:
    """A name for a key that tells nothing about it."""
    return hashlib.sha256(b"kid:" + key).hexdigest()[:16]


def _ring() -> dict[str, bytes]:
    return {_kid(key): key for key in keys_for("jwt")}


def _sign(claims: dict[str, Any]) -> str:
    kid, key = next(iter(_ring().items()))
    return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": kid})


def _claims_of(token: str, *, audience: str, now: datetime) -> dict[str, Any]:
    """The claims of a token we signed for `audience`. Raises InvalidToken, TokenExpired."""
    try:
        key = _ring()[str(jwt.get_unverified_header(token).get("kid"))]
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=audience,
            options={"require": _CLAIMS[audience], "verify_exp": False},  # against the caller's clock, below
        )
    except (jwt.PyJWTError, KeyError) as error:
        raise InvalidToken from error
    if claims["exp"] <= now.timestamp():
        raise TokenExpired
    return claims


def issue(family: RefreshFamily, *, now: datetime) -> TokenPair:
    """Tokens for the family as it is now: its user, its generation, its expiry."""
    lifetime = settings.ACCESS_TOKEN_SECONDS
    access = {
        "aud": ACCESS,
        "sub": family.user.public_id,
        "fam": family.public_id,
        "exp": int(now.timestamp()) + lifetime,
    }
    refresh = {
        "aud": REFRESH,
        "fam": family.public_id,
        "gen": family.generation,
        "exp": int(family.expires_at.timestamp()),
    }
    return TokenPair(access=_sign(access), refresh=_sign(refresh), expires_in=lifetime)


def read_refresh(token: str, *, now: datetime) -> RefreshClaims:
    """What a refresh token of ours says, whether or not its family still lives. Raises InvalidToken, TokenExpired."""
    claims = _claims_of(token, audience=REFRESH, now=now)
    return RefreshClaims(family=claims["fam"], generation=claims["gen"])


def family_of_access(token: str, *, now: datetime) -> RefreshFamily:
    """The living family of an access token, with its active user, in one query.

    Because the row is asked each time, sign-out, password change and suspension act at once. Raises InvalidToken,
    TokenExpired.
    """
    claims = _claims_of(token, audience=ACCESS, now=now)
    living = RefreshFamily.objects.alive(now=now).select_related("user")
    family = living.filter(public_id=claims["fam"], user__public_id=claims["sub"], user__is_active=True).first()
    if family is None:
        raise InvalidToken
    return family
