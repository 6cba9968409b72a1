"""What accounts keeps, a module per subject."""

from accounts.models.audit import AuditEntry, AuditPerson
from accounts.models.clients import Ended, RefreshFamily
from accounts.models.idempotency import IdempotencyKey
from accounts.models.keys import ApiKey, KeyEnded
from accounts.models.sessions import BrowserSession, KnownDevice
from accounts.models.users import Language, Role, User

__all__ = [
    "ApiKey",
    "AuditEntry",
    "AuditPerson",
    "BrowserSession",
    "Ended",
    "IdempotencyKey",
    "KeyEnded",
    "KnownDevice",
    "Language",
    "RefreshFamily",
    "Role",
    "User",
]
