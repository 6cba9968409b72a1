"""Questions about many users, clients, decisions and reports."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import BaseUserManager
from django.db import models
from django.db.models import Exists, OuterRef, Subquery

if TYPE_CHECKING:
    from accounts.models import ApiKey, Decision, RefreshFamily, Report, User


class UserManager(BaseUserManager["User"]):
    """Finds and makes users; everything else a user can undergo is a service."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user with a hashed password (None: cannot sign in with one). The e-mail is stored in lower case."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An admin, for `manage.py createsuperuser`."""
        return self.create_user(email, password, role="admin", **fields)


class RefreshFamilyQuerySet(models.QuerySet["RefreshFamily"]):
    """Signed-in mobile clients."""

    def alive(self, *, now: datetime) -> "RefreshFamilyQuerySet":
        return self.filter(revoked_at__isnull=True, expires_at__gt=now)

    def end(self, *, because: str, now: datetime) -> int:
        """Revoke those that are not yet revoked; how many that were. Their tokens are refused from then on."""
        return self.filter(revoked_at__isnull=True).update(revoked_at=now, revoked_because=because)


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """API keys."""

    def alive(self, *, now: datetime) -> "ApiKeyQuerySet":
        """Those that still work, as long as their owner is active."""
        return self.filter(models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=now), revoked_at__isnull=True)

    def end(self, *, because: str, now: datetime) -> int:
        """Revoke those that are not yet revoked; how many that were."""
        return self.filter(revoked_at__isnull=True).update(revoked_at=now, revoked_because=because)


class DecisionQuerySet(models.QuerySet["Decision"]):
    """What was decided about reported things."""

    def in_context(self) -> "DecisionQuerySet":
        """With the case, the appeal, and whether a later decision of the case has overtaken it."""
        later = self.model.objects.filter(case=OuterRef("case"), pk__gt=OuterRef("pk"))
        return self.select_related("case", "appeal").annotate(is_overtaken=Exists(later))


class ReportQuerySet(models.QuerySet["Report"]):
    """What people reported."""

    def in_context(self) -> "ReportQuerySet":
        """With the case, and how it was decided last."""
        same = self.model.objects.filter(pk=OuterRef("pk")).order_by("-case__decisions__pk")
        return self.select_related("case").annotate(last_verdict=Subquery(same.values("case__decisions__verdict")[:1]))
