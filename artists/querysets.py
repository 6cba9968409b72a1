"""Questions about many artists."""

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from artists.models import Artist


class ArtistQuerySet(models.QuerySet["Artist"]):
    """Artist profiles."""

    def listed(self) -> "ArtistQuerySet":
        """Those the public may see."""
        return self.exclude(status="withdrawn")
