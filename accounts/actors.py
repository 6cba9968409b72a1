"""Who does something, through what, from where: the first argument of every service."""

from dataclasses import dataclass
from enum import StrEnum

from accounts.models import User


class Via(StrEnum):
    """The surface a change came through."""

    PAGE = "page"
    API = "api"
    ADMIN = "admin"
    SMS = "sms"
    JOB = "job"
    COMMAND = "command"


ALL_SCOPES = frozenset({"*"})


@dataclass(frozen=True, slots=True)
class Actor:
    """`user` is None for people without an account and for the platform itself; `scopes` limits API keys."""

    via: Via
    user: User | None = None
    scopes: frozenset[str] = ALL_SCOPES
    address: str | None = None
    user_agent: str = ""
    request_id: str = ""

    @property
    def is_platform(self) -> bool:
        """The platform's own clock and commands, which no policy stops."""
        return self.via in {Via.JOB, Via.COMMAND} and self.user is None


def platform(via: Via = Via.JOB) -> Actor:
    """The platform acting by itself: the clock, a sweep, a command."""
    return Actor(via=via)
