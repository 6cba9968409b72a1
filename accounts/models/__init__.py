"""What accounts keeps, a module per subject."""

from accounts.models.audit import AuditEntry, AuditPerson
from accounts.models.clients import Ended, RefreshFamily
from accounts.models.idempotency import IdempotencyKey
from accounts.models.users import Language, Role, User

__all__ = ["AuditEntry", "AuditPerson", "Ended", "IdempotencyKey", "Language", "RefreshFamily", "Role", "User"]
