"""A device that keeps a passkey, in software: what a browser and its authenticator answer (WebAuthn, sections 6.1 and 6.5)."""

import hashlib
import json
import secrets
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode

ORIGIN: Final = "http://localhost"
_PRESENT, _VERIFIED, _WITH_KEY = 0x01, 0x04, 0x40


class Device:
    """Keeps one passkey. `finger` is whether it has checked its owner."""

    def __init__(self, *, origin: str = ORIGIN, finger: bool = True) -> None:
        self.origin = origin
        self.finger = finger
        self.user = ""
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._id = secrets.token_bytes(16)

    def make(self, options: Any) -> str:
        """The answer to a page that asks for a new passkey, as it stands in the form."""
        asked = options["publicKey"]
        self.user = asked["user"]["id"]
        cose: Any = ES256  # parts of fido2 have no types
        key = cbor.encode(cose.from_cryptography_key(self._key.public_key()))
        kept = bytes(16) + len(self._id).to_bytes(2) + self._id + key
        state = self._state(asked["rp"]["id"], _WITH_KEY) + kept
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": state})
        return self._answer(self._client_data("create", asked), attestationObject=attestation)

    def show(self, options: Any, *, user: str = "") -> str:
        """The answer to a page that asks for a passkey; `user` replaces the handle of its owner."""
        asked = options["publicKey"]
        state, said = self._state(asked["rpId"]), self._client_data("get", asked)
        signature = self._key.sign(state + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._answer(said, authenticatorData=state, signature=signature, userHandle=user or self.user)

    def _state(self, domain: str, flags: int = 0) -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.finger else 0)
        return hashlib.sha256(domain.encode()).digest() + bytes([flags]) + bytes(4)

    def _client_data(self, kind: str, asked: Any) -> bytes:
        said = {"type": f"webauthn.{kind}", "challenge": asked["challenge"], "origin": self.origin}
        return json.dumps(said).encode()

    def _answer(self, client_data: bytes, **parts: bytes | str) -> str:
        written = {name: part if isinstance(part, str) else websafe_encode(part) for name, part in parts.items()}
        response = {"clientDataJSON": websafe_encode(client_data), **written}
        name = websafe_encode(self._id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
