"""API keys: what a program of somebody's signs in with."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User
from accounts.querysets import ApiKeyQuerySet
from config.lib.public_ids import PublicIdField

NAME_LENGTH = 80


class KeyEnded(models.TextChoices):
    """Why a key works no more, besides its expiry."""

    OWNER = "owner", _("Revoked by its owner")
    ADMIN = "admin", _("Revoked by an admin")


class ApiKey(models.Model):
    """A key with some of its owner's scopes. Its secret is known to the owner alone; `digest` is its SHA-256.

    `requests` replaces the limit of the settings (requests per window of LIMIT_KEY); NULL leaves it.
    """

    public_id = PublicIdField(verbose_name=_("public id"))
    user = models.ForeignKey(User, verbose_name=_("account"), on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    digest = models.BinaryField(_("digest"), max_length=32)
    scopes = ArrayField(models.CharField(max_length=40), verbose_name=_("scopes"))
    requests = models.PositiveIntegerField(
        _("requests per window"),
        null=True,
        blank=True,
        help_text=_("Empty for the general limit. With a number, the key counts for itself alone, not for its owner."),
    )
    created_at = models.DateTimeField(_("created"), editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_because = models.CharField(_("why revoked"), max_length=32, choices=KeyEnded, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="api_key_named"),
            models.CheckConstraint(
                condition=models.Q(scopes__len__gte=1) & ~models.Q(scopes__contains=["*"]), name="api_key_scoped"
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=models.F("created_at")),
                name="api_key_expires_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(requests__isnull=True) | models.Q(requests__gte=1), name="api_key_requests_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True, revoked_because="")
                | models.Q(revoked_at__isnull=False, revoked_because__in=KeyEnded.values),
                name="api_key_revoked_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.name
