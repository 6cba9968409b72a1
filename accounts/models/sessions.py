"""Browser sessions, and the devices an account is known to be used on."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.administration import LOOKING_LASTS, Impersonation
from accounts.models.users import User
from config.lib.public_ids import PublicIdField


class BrowserSession(AbstractBaseSession):
    """A browser that came here, with what Django keeps for it. Written by the session store alone; ended by deleting it.

    `expire_date` is the idle expiry: it moves with use, never past `ends_at`, the absolute one, so what is later than now is
    alive. A browser that nobody is signed in with has no user, and nothing is kept of where it is.
    """

    id = models.BigAutoField(primary_key=True)
    session_key = models.CharField(max_length=40, unique=True, editable=False)  # the cookie: inside only, never shown
    public_id = PublicIdField(verbose_name=_("public id"))
    user = models.ForeignKey(
        User, verbose_name=_("account"), null=True, on_delete=models.CASCADE, related_name="browser_sessions"
    )
    impersonation = models.ForeignKey(
        Impersonation, verbose_name=_("look as somebody"), null=True, on_delete=models.CASCADE, related_name="sessions"
    )
    address = models.GenericIPAddressField(_("address"), null=True)
    user_agent = models.CharField(_("browser"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("signed in"), editable=False)
    last_seen_at = models.DateTimeField(_("last seen"))
    ends_at = models.DateTimeField(_("ends at the latest"))

    class Meta:
        verbose_name = _("signed-in browser")
        verbose_name_plural = _("signed-in browsers")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expire_date__lte=models.F("ends_at")), name="browser_session_idle_before_absolute"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("created_at")), name="browser_session_ends_after_start"
            ),
            models.CheckConstraint(
                condition=models.Q(user__isnull=False) | models.Q(address__isnull=True, user_agent=""),
                name="browser_session_of_nobody_is_nowhere",
            ),
            models.CheckConstraint(
                condition=models.Q(impersonation__isnull=True)
                | models.Q(user__isnull=False, ends_at__lte=models.F("created_at") + LOOKING_LASTS),
                name="browser_session_impersonated_is_short",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class Through(models.TextChoices):
    """What somebody is signed in with."""

    BROWSER = "browser", _("Browser")
    CLIENT = "client", _("App")


class SignIn(models.Model):
    """A browser or a client that somebody is signed in with: a view of both tables, for lists; nothing is written here."""

    public_id = models.CharField(_("public id"), max_length=16, primary_key=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Through)
    user = models.ForeignKey(User, verbose_name=_("account"), on_delete=models.DO_NOTHING, related_name="+")
    address = models.GenericIPAddressField(_("address"), null=True)
    user_agent = models.CharField(_("browser"), max_length=200)
    created_at = models.DateTimeField(_("signed in"))
    last_seen_at = models.DateTimeField(_("last seen"))
    alive_until = models.DateTimeField(_("ends if not used"))
    is_look = models.BooleanField(_("an admin who looks"))  # an admin's, who looks at the site as this user

    class Meta:
        managed = False
        db_table = "accounts_sign_in"
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")

    def __str__(self) -> str:
        return self.public_id


class KnownDevice(models.Model):
    """A mark by which a device of a user is known again: a digest of how and from where it comes."""

    user = models.ForeignKey(User, verbose_name=_("account"), on_delete=models.CASCADE, related_name="known_devices")
    mark = models.CharField(_("device"), max_length=64)
    last_seen_at = models.DateTimeField(_("last seen"), db_index=True)  # serves the sweep

    class Meta:
        verbose_name = _("known device")
        verbose_name_plural = _("known devices")
        constraints = [models.UniqueConstraint(fields=["user", "mark"], name="known_device_once")]

    def __str__(self) -> str:
        return self.mark
