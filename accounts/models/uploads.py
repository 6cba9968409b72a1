"""Uploads: what people have sent us to show."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User
from config.lib.constraints import one_of
from config.lib.public_ids import PublicIdField


class UploadKind(models.TextChoices):
    AVATAR = "avatar", _("Avatar")
    PICTURE = "picture", _("Picture")


class UploadState(models.TextChoices):
    WAITING = "waiting", _("Used by nothing yet")
    USED = "used", _("Used")
    DROPPED = "dropped", _("Used no more")


class Upload(models.Model):
    """One picture in its sizes. Its files lie in the default storage, under a name made of its id and its content's hash.

    What is used is used once: whatever shows it holds its id. What waits is swept after a day, what is dropped soon.
    """

    public_id = PublicIdField(verbose_name=_("public id"))
    owner = models.ForeignKey(User, verbose_name=_("owner"), on_delete=models.CASCADE, related_name="uploads")
    kind = models.CharField(_("kind"), max_length=16, choices=UploadKind)
    state = models.CharField(_("state"), max_length=16, choices=UploadState, default=UploadState.WAITING)
    width = models.PositiveIntegerField(_("width"), help_text=_("In pixels, of the largest size"))
    height = models.PositiveIntegerField(_("height"))
    bytes = models.PositiveIntegerField(_("bytes"), help_text=_("Of all sizes together"))
    sha256 = models.CharField(_("fingerprint"), max_length=64, help_text=_("Of the file as it was sent"))
    created_at = models.DateTimeField(_("sent"), editable=False)
    held_at = models.DateTimeField(
        _("hidden since"), null=True, editable=False, help_text=_("Since when moderation hides it")
    )

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        constraints = [
            one_of("kind", UploadKind, "upload_kind_known"),
            one_of("state", UploadState, "upload_state_known"),
            models.CheckConstraint(condition=models.Q(width__gt=0, height__gt=0, bytes__gt=0), name="upload_not_empty"),
            models.CheckConstraint(condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="upload_sha256_is_hex"),
            # sending the same picture again gives the same upload, so that a repeated request leaves nothing behind
            models.UniqueConstraint(
                fields=["owner", "kind", "sha256"], condition=models.Q(state="waiting"), name="upload_waits_once"
            ),
        ]
        indexes = [
            # serves the sweep
            models.Index(fields=["created_at"], condition=~models.Q(state="used"), name="upload_unused_by_age")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"
