"""Questions about many users and clients."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import BaseUserManager
from django.db import models

if TYPE_CHECKING:
    from accounts.models import RefreshFamily, User


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


class RefreshFamilyQuerySet(models.QuerySet["RefreshFamily"]):
    """Signed-in mobile clients."""

    def alive(self, *, now: datetime) -> "RefreshFamilyQuerySet":
        return self.filter(revoked_at__isnull=True, expires_at__gt=now)
