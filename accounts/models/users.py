"""Users: the log-in, its role and its language."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Lower, Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.picture_addresses import picture_address
from accounts.querysets import UserManager
from config.lib.constraints import one_of
from config.lib.public_ids import PublicIdField


class Role(models.TextChoices):
    """What an account mainly is; ownership is what it may touch."""

    FAN = "fan", _("Fan")
    ARTIST = "artist", _("Artist")
    ORGANIZER = "organizer", _("Organizer")
    BRAND = "brand", _("Brand")
    DEVELOPER = "developer", _("Developer")
    ADMIN = "admin", _("Admin")


class Language(models.TextChoices):
    ENGLISH = "en", _("English")
    SPANISH = "es", _("Spanish")
    FRENCH = "fr", _("French")


class User(AbstractBaseUser):
    """The log-in. E-mail and a verified phone are facts about the account; consent lives with messaging's addresses."""

    public_id = PublicIdField(verbose_name=_("public id"))
    email = models.EmailField(_("e-mail"), max_length=254)
    name = models.CharField(_("name"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.FAN)
    language = models.CharField(_("language"), max_length=5, choices=Language, default=Language.ENGLISH)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    phone = models.CharField(_("phone"), max_length=16, blank=True, help_text=_("E.164, for example +12025550123"))
    phone_verified_at = models.DateTimeField(_("phone verified"), null=True, blank=True)
    second_factor_at = models.DateTimeField(
        _("second step since"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Since when signing in takes a second step; empty: it does not"),
    )
    # by its public id, so that showing somebody's face takes no query
    avatar = models.OneToOneField(
        "accounts.Upload",
        verbose_name=_("avatar"),
        to_field="public_id",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    held_at = models.DateTimeField(
        _("hidden since"), null=True, editable=False, help_text=_("Since when moderation hides name and face")
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    created_at = models.DateTimeField(_("member since"), default=timezone.now, editable=False)

    chosen: dict[str, Any] | None = None  # what they have set, where it was read with them; see accounts.user_settings

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            one_of("role", Role, "user_role_known"),
            one_of("language", Language, "user_language_known"),
            models.UniqueConstraint(fields=["email"], name="user_email_once"),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower_case"),
            models.CheckConstraint(
                condition=models.Q(phone="") | models.Q(phone__regex=r"^\+[1-9][0-9]{6,14}$"), name="user_phone_e164"
            ),
            models.UniqueConstraint(
                fields=["phone"],
                condition=models.Q(phone_verified_at__isnull=False),
                name="user_verified_phone_is_one_persons",
            ),
            models.CheckConstraint(
                condition=models.Q(phone_verified_at__isnull=True) | ~models.Q(phone=""),
                name="user_verified_phone_present",
            ),
        ]
        indexes = [
            # serve the console's search: a part of the name (as Django's icontains asks), how the e-mail begins, a phone
            GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="user_by_part_of_name"),
            models.Index(OpClass("email", "text_pattern_ops"), name="user_by_email_beginning"),
            models.Index(fields=["phone"], condition=~models.Q(phone=""), name="user_by_phone"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def known_as(self) -> str:
        """For other people: the name, else enough of the e-mail address to tell who it is, too little to write to.

        A name that moderation holds is not said.
        """
        mailbox, _at, domain = self.email.rpartition("@")
        return (self.name if self.held_at is None else "") or f"{mailbox[:1]}•••@{domain}"

    @property
    def face(self) -> str:
        """The address of the avatar in its smallest size, "" without one. No query."""
        return picture_address(self.avatar_id, 96) if self.avatar_id and self.held_at is None else ""

    def get_full_name(self) -> str:
        """Asked by the console's theme."""
        return self.name

    @property
    def is_staff(self) -> bool:
        """Whether the Django admin lets this account in; what it sees there is decided by policies."""
        return self.role in {Role.ORGANIZER, Role.ADMIN}

    @property
    def is_superuser(self) -> bool:
        return self.role == Role.ADMIN

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's own permission question, asked by third-party admin pages; ours are in policies.py."""
        return self.is_active and self.role == Role.ADMIN

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.role == Role.ADMIN
