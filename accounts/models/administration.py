"""What admins do with accounts: suspending them, and looking at the site as somebody."""

from datetime import timedelta
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User
from config.lib.public_ids import PublicIdField

REASON_LENGTH: Final = 500
LOOKING_LASTS: Final = timedelta(minutes=30)


class Suspension(models.Model):
    """An account that may not be used, from a moment until another or for good. Past ones stay, as its history."""

    public_id = PublicIdField(verbose_name=_("public id"))
    user = models.ForeignKey(User, verbose_name=_("account"), on_delete=models.CASCADE, related_name="suspensions")
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH)
    since = models.DateTimeField(_("since"), editable=False)
    until = models.DateTimeField(_("until"), null=True, blank=True, help_text=_("Empty: for good"))
    by = models.ForeignKey(User, verbose_name=_("suspended by"), null=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        User, verbose_name=_("lifted by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("suspension")
        verbose_name_plural = _("suspensions")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(ended_at__isnull=True), name="suspension_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gt=models.F("since")),
                name="suspension_until_later",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="suspension_with_a_reason"),
        ]
        indexes = [
            # serves the clock, which ends those whose time is over
            models.Index(fields=["until"], condition=models.Q(ended_at__isnull=True), name="suspension_to_end")
        ]

    def __str__(self) -> str:
        return self.public_id


class LookEnded(models.TextChoices):
    """Why somebody looks no more."""

    STOPPED = "stopped", _("Stopped")
    TIME = "time", _("The time was over")
    SIGNED_OUT = "signed_out", _("Signed out")


class Impersonation(models.Model):
    """An admin looks at the site as somebody: for a reason, for a short while, and it is told.

    It is over at `ends_at` whether or not the clock has written `ended_at` by then.
    """

    public_id = PublicIdField(verbose_name=_("public id"))
    admin = models.ForeignKey(User, verbose_name=_("admin"), null=True, on_delete=models.SET_NULL, related_name="+")
    user = models.ForeignKey(User, verbose_name=_("looked as"), on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH)
    started_at = models.DateTimeField(_("began"), editable=False)
    ends_at = models.DateTimeField(_("ends at the latest"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_because = models.CharField(_("why it ended"), max_length=16, choices=LookEnded, blank=True)

    class Meta:
        verbose_name = _("look as somebody")
        verbose_name_plural = _("looks as somebody")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(admin__isnull=True) | ~models.Q(admin=models.F("user")),
                name="impersonation_of_somebody_else",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("started_at"))
                & models.Q(ends_at__lte=models.F("started_at") + LOOKING_LASTS),
                name="impersonation_is_short",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_because="")
                | models.Q(ended_at__isnull=False, ended_because__in=LookEnded.values),
                name="impersonation_ended_with_reason",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="impersonation_with_a_reason"),
        ]
        indexes = [
            # serves the clock, which writes down that the time is over
            models.Index(fields=["ends_at"], condition=models.Q(ended_at__isnull=True), name="impersonation_to_end")
        ]

    def __str__(self) -> str:
        return self.public_id
