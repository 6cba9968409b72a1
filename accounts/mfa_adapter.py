"""Where allauth's second factors meet ours: secrets sealed with the key ring, passkeys bound to PUBLIC_URL."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.passkey_origins import relying_party
from accounts.second_factors import PURPOSE
from config.lib.secrets import decrypt, encrypt

NAME = "Fanfare"


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """What allauth asks about second factors."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This did not work. Try again."),
        "unverified_email": gettext_lazy("Confirm your e-mail address first. We sent you a link."),
    }

    def encrypt(self, text: str) -> str:
        return encrypt(text, purpose=PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text, purpose=PURPOSE)

    def get_totp_issuer(self) -> str:
        return NAME

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002 - allauth's own name
        return _("My passkey")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": relying_party(), "name": NAME}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        """The public id stands for the account: what an authenticator keeps tells nothing (WebAuthn, section 14.6.1)."""
        return {"id": user.public_id.encode(), "display_name": user.name or user.email, "name": user.email}
