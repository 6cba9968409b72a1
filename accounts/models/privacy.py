"""Exports of what is held about somebody, and erasures."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.users import Language, User
from config.lib.constraints import one_of
from config.lib.public_ids import PublicIdField


class ExportState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Being prepared")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Deleted")


class Export(models.Model):
    """A copy of everything held about a person: asked for, prepared by a worker, kept for some days, then deleted.

    Whoever prepares it holds a lease and names its `attempt` with every step, so that of two workers one goes on.
    """

    public_id = PublicIdField(verbose_name=_("public id"))
    user = models.ForeignKey(User, verbose_name=_("account"), on_delete=models.CASCADE, related_name="exports")
    state = models.CharField(_("state"), max_length=16, choices=ExportState, default=ExportState.QUEUED)
    sections = models.PositiveSmallIntegerField(_("lists"), help_text=_("How many there are to write"))
    done = models.PositiveSmallIntegerField(_("done"), default=0, help_text=_("How many are written"))
    rows = models.PositiveIntegerField(_("rows"), default=0)
    file = models.CharField(_("file"), max_length=100, blank=True, help_text=_("Its name in the private storage"))
    size = models.PositiveBigIntegerField(_("size"), default=0, help_text=_("In bytes"))
    attempt = models.PositiveSmallIntegerField(_("attempts"), default=0)
    leased_until = models.DateTimeField(_("being worked on until"), null=True)
    requested_at = models.DateTimeField(_("asked for on"))
    finished_at = models.DateTimeField(_("finished on"), null=True)
    expires_at = models.DateTimeField(_("expires"), null=True, help_text=_("When the file is deleted"))

    class Meta:
        verbose_name = _("export of personal data")
        verbose_name_plural = _("exports of personal data")
        constraints = [
            one_of("state", ExportState, "export_state_known"),
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(state__in=["queued", "running"]), name="export_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="ready") | (~models.Q(file="") & models.Q(expires_at__isnull=False)),
                name="export_ready_with_its_file",
            ),
            models.CheckConstraint(condition=models.Q(done__lte=models.F("sections")), name="export_done_at_most_all"),
        ]
        indexes = [
            # serve whoever takes up what was left behind, and the deletion of old files
            models.Index(
                fields=["requested_at"], condition=models.Q(state__in=["queued", "running"]), name="export_to_prepare"
            ),
            models.Index(fields=["expires_at"], condition=models.Q(state="ready"), name="export_by_expiry"),
        ]

    def __str__(self) -> str:
        return self.public_id


class Erasure(models.Model):
    """Somebody asked to be forgotten. Each app has its turn; when it is done, nothing here says who it was."""

    public_id = PublicIdField(verbose_name=_("public id"))
    user = models.ForeignKey(User, verbose_name=_("account"), null=True, on_delete=models.SET_NULL, related_name="+")
    language = models.CharField(_("language"), max_length=5, choices=Language)
    steps = models.PositiveSmallIntegerField(_("steps"), help_text=_("How many apps have something to forget"))
    done = models.PositiveSmallIntegerField(_("done"), default=0, help_text=_("How many have"))
    attempt = models.PositiveSmallIntegerField(_("attempts"), default=0)
    leased_until = models.DateTimeField(_("being worked on until"), null=True)
    requested_at = models.DateTimeField(_("asked for on"))
    finished_at = models.DateTimeField(_("finished on"), null=True)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        constraints = [
            models.UniqueConstraint(fields=["user"], name="erasure_once_per_user"),
            models.CheckConstraint(
                condition=models.Q(finished_at__isnull=True) | models.Q(user__isnull=True, done=models.F("steps")),
                name="erasure_finished_without_a_user",
            ),
        ]
        indexes = [
            # serves whoever takes up what was left behind
            models.Index(
                fields=["requested_at"], condition=models.Q(finished_at__isnull=True), name="erasure_unfinished"
            )
        ]

    def __str__(self) -> str:
        return self.public_id
