"""Answers that are given again."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class IdempotencyKey(models.Model):
    """An answer that is given again for the same `Idempotency-Key`; written in the transaction of its effects."""

    principal = models.CharField(_("account"), max_length=64, help_text=_("Whose key: user:<id>, or anonymous"))
    key = models.CharField(_("key"), max_length=255)
    fingerprint = models.CharField(_("fingerprint"), max_length=64, help_text=_("SHA-256 of method, path and body"))
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    headers = models.JSONField(_("headers"), default=dict)
    answer = models.JSONField(_("answer"), null=True)
    created_at = models.DateTimeField(_("made"), db_index=True)

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [models.UniqueConstraint(fields=["principal", "key"], name="idempotency_key_once_per_principal")]

    def __str__(self) -> str:
        return self.key
