"""Questions about many artists."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import User
    from artists.models import Artist


class ArtistQuerySet(models.QuerySet["Artist"]):
    """Artist profiles."""

    def listed(self) -> "ArtistQuerySet":
        """Those the public may see."""
        return self.exclude(status="withdrawn")

    def seen_by(self, user: "User") -> "ArtistQuerySet":
        """Those the public may see, and this user's own."""
        return self.filter(~Q(status="withdrawn") | Q(owner=user))
