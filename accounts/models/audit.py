"""Audit entries, the people they speak of, and the chain that seals them."""

from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from accounts.models.administration import REASON_LENGTH
from accounts.models.users import User
from config.lib.public_ids import PublicIdField


class AuditEntry(models.Model):
    """Who did what to what, when, through what. Append-only (database trigger). Holds nothing personal: see AuditPerson."""

    public_id = PublicIdField(verbose_name=_("public id"))
    at = models.DateTimeField(_("when"), db_index=True)
    action = models.CharField(_("action"), max_length=64, help_text=_("For example event.publish"))
    subject_type = models.CharField(_("kind of subject"), max_length=32)
    subject_id = models.CharField(_("subject"), max_length=64, help_text=_("The public id of what was changed"))
    channel = models.CharField(_("through"), max_length=16)
    facts = models.JSONField(_("facts"), default=dict)
    request_id = models.CharField(_("request"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [models.Index(fields=["subject_type", "subject_id", "id"], name="audit_by_subject")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type}:{self.subject_id}"


class AuditPerson(models.Model):
    """The personal part of an entry, which erasure deletes without touching the entry."""

    entry = models.OneToOneField(
        AuditEntry, verbose_name=_("audit entry"), on_delete=models.CASCADE, primary_key=True, related_name="person"
    )
    user = models.ForeignKey(User, verbose_name=_("account"), null=True, on_delete=models.SET_NULL, related_name="+")
    # the admin who looked at the site as `user` when this was done
    impersonator = models.ForeignKey(
        User, verbose_name=_("looking as them"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    address = models.GenericIPAddressField(_("address"), null=True)
    user_agent = models.CharField(_("browser"), max_length=200, blank=True)
    why = models.CharField(
        _("why"), max_length=REASON_LENGTH, blank=True, help_text=_("In the words of whoever did it")
    )

    class Meta:
        verbose_name = _("person of an audit entry")
        verbose_name_plural = _("people of audit entries")

    def __str__(self) -> str:
        return str(self.entry_id)


class AuditSeal(models.Model):
    """The place of an entry in the hash chain (see accounts/audit_chain.py). Append-only (database trigger).

    Entries are written by everybody at once and sealed a moment later, so that no writer waits for another.
    """

    position = models.PositiveBigIntegerField(_("position"), primary_key=True, help_text=_("1, 2, 3, … without a gap"))
    entry = models.OneToOneField(
        AuditEntry, verbose_name=_("audit entry"), on_delete=models.PROTECT, related_name="seal"
    )
    hash = models.BinaryField(_("hash"), help_text=_("SHA-256 of the hash before it and the entry"))
    at = models.DateTimeField(_("sealed"))

    class Meta:
        verbose_name = _("seal of an audit entry")
        verbose_name_plural = _("seals of audit entries")
        constraints = [
            models.CheckConstraint(condition=models.Q(position__gte=1), name="audit_seal_from_one"),
            models.CheckConstraint(condition=Exact(Length("hash"), 32), name="audit_seal_is_sha256"),
        ]

    def __str__(self) -> str:
        return f"{self.position}:{bytes(self.hash).hex()}"
