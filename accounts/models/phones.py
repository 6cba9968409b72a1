"""Codes that show that a phone is somebody's."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User
from config.lib.public_ids import PublicIdField

MOST_ATTEMPTS = 5


class PhoneCode(models.Model):
    """The code that was last texted to verify a phone. One per account; asking for another replaces it."""

    public_id = PublicIdField(verbose_name=_("public id"))
    user = models.OneToOneField(User, verbose_name=_("account"), on_delete=models.CASCADE, related_name="phone_code")
    phone = models.CharField(_("phone"), max_length=16, help_text=_("E.164, for example +12025550123"))
    digest = models.CharField(
        _("digest"), max_length=64, help_text=_("Keyed hash of the code, for this account and phone")
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("made"), editable=False)
    expires_at = models.DateTimeField(_("expires"))

    class Meta:
        verbose_name = _("phone code")
        verbose_name_plural = _("phone codes")
        constraints = [
            models.CheckConstraint(condition=models.Q(attempts__lte=MOST_ATTEMPTS), name="phone_code_few_attempts"),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="phone_code_expires_after_start"
            ),
            models.CheckConstraint(condition=models.Q(phone__regex=r"^\+[1-9][0-9]{6,14}$"), name="phone_code_e164"),
        ]
        indexes = [models.Index(fields=["expires_at"], name="phone_code_by_expiry")]  # serves the sweep

    def __str__(self) -> str:
        return self.public_id
