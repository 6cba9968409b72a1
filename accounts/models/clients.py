"""Refresh families: the mobile clients that are signed in."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User
from accounts.querysets import RefreshFamilyQuerySet
from config.lib.public_ids import PublicIdField


class Ended(models.TextChoices):
    """Why a client is no longer signed in."""

    SIGNED_OUT = "signed_out", _("Signed out")
    PASSWORD_CHANGED = "password_changed", _("The password was changed")
    REUSED = "reused", _("A refresh token was used twice")
    REVOKED = "revoked", _("Signed out by an admin")
    SUSPENDED = "suspended", _("The account was suspended")


class RefreshFamily(models.Model):
    """One signed-in mobile client. Its refresh token carries the generation; only the newest is good, once."""

    public_id = PublicIdField(verbose_name=_("public id"))
    user = models.ForeignKey(User, verbose_name=_("account"), on_delete=models.CASCADE, related_name="refresh_families")
    generation = models.PositiveIntegerField(_("times renewed"), default=1)
    user_agent = models.CharField(_("app"), max_length=200, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    created_at = models.DateTimeField(_("signed in"), editable=False)
    last_used_at = models.DateTimeField(_("last used"))
    expires_at = models.DateTimeField(
        _("ends if not used"), help_text=_("Idle expiry; moves with every use, never past the absolute expiry")
    )
    revoked_at = models.DateTimeField(_("ended"), null=True, blank=True)
    revoked_because = models.CharField(_("why it ended"), max_length=32, choices=Ended, blank=True)

    objects = RefreshFamilyQuerySet.as_manager()

    class Meta:
        verbose_name = _("signed-in client")
        verbose_name_plural = _("signed-in clients")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True, revoked_because="")
                | models.Q(revoked_at__isnull=False, revoked_because__in=Ended.values),
                name="refresh_family_revoked_with_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="refresh_family_expires_after_start"
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="refresh_family_by_expiry")]  # serves the sweep

    def __str__(self) -> str:
        return self.public_id
