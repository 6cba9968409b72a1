"""Artist profiles."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from artists.querysets import ArtistQuerySet
from config.lib.constraints import one_of
from config.lib.public_ids import PublicIdField
from config.lib.word_search import words_index
from messaging.models import Address


class ArtistStatus(models.TextChoices):
    INVITED = "invited", _("Invited")
    CLAIMED = "claimed", _("Claimed")
    APPROVED = "approved", _("Approved")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Artist(models.Model):
    """Somebody who plays. Exists from the first invitation; the person behind it may claim it later."""

    public_id = PublicIdField()
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=150)
    bio = models.TextField(_("biography"), blank=True)
    genres = ArrayField(models.CharField(max_length=40), verbose_name=_("genres"), default=list, blank=True)
    home = models.CharField(_("home town"), max_length=100, blank=True)
    status = models.CharField(_("status"), max_length=16, choices=ArtistStatus, default=ArtistStatus.INVITED)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    contact = models.ForeignKey(
        Address,
        verbose_name=_("contact"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Where invitations go"),
    )
    held_at = models.DateTimeField(null=True, editable=False, help_text=_("Since when moderation hides it"))
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ArtistQuerySet.as_manager()

    class Meta:
        verbose_name = _("artist")
        verbose_name_plural = _("artists")
        constraints = [
            one_of("status", ArtistStatus, "artist_status_known"),
            models.CheckConstraint(condition=~models.Q(name=""), name="artist_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(status__in=["invited", "withdrawn"]) | models.Q(owner__isnull=False),
                name="artist_claimed_by_somebody",
            ),
        ]
        indexes = [
            # serves the public list, by name
            models.Index(fields=["name", "id"], condition=~models.Q(status="withdrawn"), name="artist_listed"),
            words_index("name", "artist_by_words"),
            GinIndex(fields=["genres"], name="artist_by_genre"),
        ]

    def __str__(self) -> str:
        return self.name
