"""Who else may sign people in, in the words of allauth: whoever has keys in the environment, and nobody else."""

from collections.abc import Mapping
from typing import Any

ORIGINS = {
    "google": "https://accounts.google.com",
    "apple": "https://appleid.apple.com",
    "spotify": "https://accounts.spotify.com",
}


def configured(keys: Mapping[str, str]) -> dict[str, Any]:
    """SOCIALACCOUNT_PROVIDERS, from the variables that have a value. One that lacks any of its keys is absent.

    Apple's secret is made from a key of ours whenever it is asked (its id stands where others have a secret), and it knows no
    PKCE: what it sends is tied to the browser by its nonce.
    """
    providers: dict[str, Any] = {}
    for name in ("google", "spotify"):
        client, secret = keys[f"{name.upper()}_CLIENT_ID"], keys[f"{name.upper()}_CLIENT_SECRET"]
        if client and secret:
            providers[name] = {"APP": {"client_id": client, "secret": secret}, "OAUTH_PKCE_ENABLED": True}
    apple = [keys[f"APPLE_{part}"] for part in ("CLIENT_ID", "KEY_ID", "TEAM_ID", "PRIVATE_KEY")]
    if all(apple):
        client, key_id, team, private = apple
        settings = {"certificate_key": private.replace("\\n", "\n")}
        providers["apple"] = {"APP": {"client_id": client, "secret": key_id, "key": team, "settings": settings}}
    return {name: providers[name] for name in ORIGINS if name in providers}


def origins(providers: Mapping[str, Any]) -> list[str]:
    """Where their sign-in pages are: the buttons are forms, and browsers hold their redirects to `form-action`, too."""
    return [ORIGINS[name] for name in providers]
