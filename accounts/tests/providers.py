"""A server that speaks what Google, Apple and Spotify publish of their sign-in, for tests: see each method."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.socialaccount.providers.apple.views import AppleOAuth2Adapter
from allauth.socialaccount.providers.google import views as google
from allauth.socialaccount.providers.google.views import GoogleOAuth2Adapter
from allauth.socialaccount.providers.spotify.views import SpotifyOAuth2Adapter
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

KEY: Final = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY: Final = rsa.generate_private_key(public_exponent=65537, key_size=2048)
APPLE_KEY: Final = ec.generate_private_key(ec.SECP256R1())
KID: Final = "key-1"
ISSUERS: Final = {"google": "https://accounts.google.com", "apple": "https://appleid.apple.com"}
CLIENTS: Final = {"google": "google-client", "apple": "test.fanfare.web", "spotify": "spotify-client"}


def keys() -> dict[str, str]:
    """The environment of a site that has all three."""
    private = APPLE_KEY.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        "GOOGLE_CLIENT_ID": CLIENTS["google"],
        "GOOGLE_CLIENT_SECRET": "google-secret",
        "APPLE_CLIENT_ID": CLIENTS["apple"],
        "APPLE_TEAM_ID": "TEAM",
        "APPLE_KEY_ID": "KEYID",
        "APPLE_PRIVATE_KEY": private.decode().replace("\n", "\\n"),
        "SPOTIFY_CLIENT_ID": CLIENTS["spotify"],
        "SPOTIFY_CLIENT_SECRET": "spotify-secret",
    }


@dataclass
class Person:
    """Somebody with an account at the provider."""

    uid: str = "person-1"
    email: str = "ida@example.test"
    verified: Any = True
    name: str = "Ida"


@dataclass
class Provider:
    """What the server knows: who is signed in there, and the codes it has given out."""

    person: Person = field(default_factory=Person)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    is_away: bool = False
    asked: list[str] = field(default_factory=list)

    def id_token(self, provider: str, **changes: Any) -> str:
        """OpenID Connect Core 1.0, section 2, as Google and Apple fill it in."""
        claims = {
            "iss": ISSUERS[provider],
            "aud": CLIENTS[provider],
            "sub": self.person.uid,
            "email": self.person.email,
            "email_verified": self.person.verified,
            "iat": int(time.time()),
            "exp": int(time.time()) + 600,
            **({"given_name": self.person.name} if provider == "google" else {}),
        }
        signed_with, headers = changes.pop("key", KEY), {"kid": KID, **changes.pop("headers", {})}
        return jwt.encode({**claims, **changes}, signed_with, algorithm="RS256", headers=headers)

    def consent(self, there: str) -> dict[str, str]:
        """The person presses "Continue": what the browser brings back (RFC 6749, section 4.1.2)."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}
        code = secrets.token_urlsafe(12)
        self.codes[code] = query
        return {"code": code, "state": query["state"]}

    def exchange(self, provider: str, sent: dict[str, str]) -> dict[str, Any] | None:
        """RFC 6749, section 4.1.3, and RFC 7636: a code is good once, for its client, its redirect address, its verifier."""
        query = self.codes.pop(sent.get("code", ""), None)
        if query is None or sent.get("client_id") != CLIENTS[provider]:
            return None
        if sent.get("redirect_uri") != query["redirect_uri"] or not self._is_secret(provider, sent):
            return None
        if challenge := query.get("code_challenge"):
            digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != challenge:
                return None
        answer: dict[str, Any] = {"access_token": f"{provider}-token", "token_type": "Bearer", "expires_in": 3600}
        if provider != "spotify":
            answer |= {"id_token": self.id_token(provider, nonce=query.get("nonce", "")), "refresh_token": "refresh"}
        return answer

    def _is_secret(self, provider: str, sent: dict[str, str]) -> bool:
        secret = sent.get("client_secret", "")
        if provider != "apple":
            return secret == f"{provider}-secret"
        claims = jwt.decode(secret, APPLE_KEY.public_key(), algorithms=["ES256"], audience=ISSUERS["apple"])
        return bool(claims["iss"] == "TEAM" and claims["sub"] == CLIENTS["apple"])


def _certificate() -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "provider")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(KEY.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    return made.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.provider.asked.append(self.path)
        if self.provider.is_away:
            self.close_connection = True
            return
        if path == "/google/certs":
            self._answer(200, {KID: _certificate()})
        elif path == "/apple/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            self._answer(200, {"keys": [{**public, "kid": KID, "alg": "RS256", "use": "sig"}]})
        elif path == "/spotify/me" and self.headers.get("Authorization") == "Bearer spotify-token":
            person = self.provider.person
            self._answer(200, {"id": person.uid, "display_name": person.name, "email": person.email, "images": []})
        else:
            self._answer(401, {"error": {"status": 401, "message": "Invalid access token"}})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        sent = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        answer = self.provider.exchange(self.path.split("/")[1], sent)
        self._answer(200, answer) if answer else self._answer(400, {"error": "invalid_grant"})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_what: object) -> None:
        """Not in the output of the tests."""


@contextmanager
def serving(patch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """The three of them at one local server, which allauth asks instead."""
    provider = Provider()
    listening = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"provider": provider}))
    Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    base = f"http://127.0.0.1:{listening.server_port}"
    patch.setattr(google, "CERTS_URL", f"{base}/google/certs")
    patch.setattr(GoogleOAuth2Adapter, "access_token_url", f"{base}/google/token")
    patch.setattr(AppleOAuth2Adapter, "access_token_url", f"{base}/apple/token")
    patch.setattr(AppleOAuth2Adapter, "public_key_url", f"{base}/apple/keys")
    patch.setattr(SpotifyOAuth2Adapter, "access_token_url", f"{base}/spotify/token")
    patch.setattr(SpotifyOAuth2Adapter, "profile_url", f"{base}/spotify/me")
    yield provider
    listening.shutdown()
    listening.server_close()
