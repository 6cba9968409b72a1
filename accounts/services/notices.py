"""Mail to the owner of an account about what was done to it."""

from datetime import datetime
from typing import Any

from allauth.account.adapter import get_adapter

from accounts.actors import Actor
from accounts.models import User


def notify(*, actor: Actor, user: User, template: str, now: datetime, email: str = "", **facts: Any) -> None:
    """Send `templates/account/email/<template>` to the account's address, or to `email`, with when and from where."""
    context = {"user": user, "timestamp": now, "ip": actor.address or "", "user_agent": actor.user_agent, **facts}
    get_adapter().send_mail(f"account/email/{template}", email or user.email, context)
