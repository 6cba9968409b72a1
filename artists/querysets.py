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
        """Those the public may see: neither withdrawn nor held."""
        return self.exclude(status="withdrawn").filter(held_at=None)

    def seen_by(self, user: "User") -> "ArtistQuerySet":
        """Those the public may see, and this user's own."""
        return self.filter((~Q(status="withdrawn") & Q(held_at=None)) | Q(owner=user))

    def matching(self, *, q: str = "", genre: str = "", home: str = "") -> "ArtistQuerySet":
        """Those with `q` in their name, of this genre, from this place; "" means any."""
        found = self.filter(name__icontains=q) if q else self
        found = found.filter(genres__contains=[genre.lower()]) if genre else found
        return found.filter(home__iexact=home) if home else found
