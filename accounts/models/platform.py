"""What admins set for the whole platform while it runs, and everything it was set to before."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.administration import REASON_LENGTH
from accounts.models.audit import AuditEntry


class PlatformSetting(models.Model):
    """What one setting is set to; `value` is NULL where it is what the environment says again."""

    key = models.CharField(
        _("setting"), max_length=64, unique=True, help_text=_("As registered in accounts/platform_settings.py")
    )
    value = models.JSONField(_("value"), null=True)
    version = models.PositiveIntegerField(_("version"), default=0)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("platform setting")
        verbose_name_plural = _("platform settings")

    def __str__(self) -> str:
        return self.key


class PlatformSettingChange(models.Model):
    """One thing a setting was set to, and why. Append-only (database trigger); who did it stands in the audit entry."""

    setting = models.ForeignKey(
        PlatformSetting, verbose_name=_("platform setting"), on_delete=models.PROTECT, related_name="changes"
    )
    version = models.PositiveIntegerField(_("version"))
    value = models.JSONField(_("value"), null=True)
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH)
    at = models.DateTimeField(_("when"))
    entry = models.OneToOneField(AuditEntry, verbose_name=_("audit entry"), on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("change of a platform setting")
        verbose_name_plural = _("changes of platform settings")
        constraints = [
            models.UniqueConstraint(fields=["setting", "version"], name="platform_setting_version_once"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="platform_setting_change_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.setting_id}.{self.version}"
