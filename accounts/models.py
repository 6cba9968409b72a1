"""Users, refresh families, audit entries, idempotency keys."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.querysets import RefreshFamilyQuerySet, UserManager
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

    public_id = PublicIdField()
    email = models.EmailField(_("e-mail"), max_length=254)
    name = models.CharField(_("name"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.FAN)
    language = models.CharField(_("language"), max_length=5, choices=Language, default=Language.ENGLISH)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    phone = models.CharField(_("phone"), max_length=16, blank=True, help_text=_("E.164, for example +12025550123"))
    phone_verified_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

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

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def known_as(self) -> str:
        """For other people: the name, else enough of the e-mail address to tell who it is, too little to write to."""
        mailbox, _at, domain = self.email.rpartition("@")
        return self.name or f"{mailbox[:1]}•••@{domain}"

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


class Ended(models.TextChoices):
    """Why a client is no longer signed in."""

    SIGNED_OUT = "signed_out", _("Signed out")
    PASSWORD_CHANGED = "password_changed", _("The password was changed")
    REUSED = "reused", _("A refresh token was used twice")
    REVOKED = "revoked", _("Signed out by an admin")


class RefreshFamily(models.Model):
    """One signed-in mobile client. Its refresh token carries the generation; only the newest is good, once."""

    public_id = PublicIdField()
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="refresh_families")
    generation = models.PositiveIntegerField(default=1)
    user_agent = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    created_at = models.DateTimeField(editable=False)
    last_used_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text=_("Idle expiry; moves with every use, never past the absolute expiry"))
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_because = models.CharField(max_length=32, choices=Ended, blank=True)

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


class AuditEntry(models.Model):
    """Who did what to what, when, through what. Append-only (database trigger). Holds nothing personal: see AuditPerson."""

    public_id = PublicIdField()
    at = models.DateTimeField(db_index=True)
    action = models.CharField(max_length=64, help_text=_("For example event.publish"))
    subject_type = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=64, help_text=_("The public id of what was changed"))
    channel = models.CharField(max_length=16)
    facts = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [models.Index(fields=["subject_type", "subject_id", "id"], name="audit_by_subject")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type}:{self.subject_id}"


class AuditPerson(models.Model):
    """The personal part of an entry, which erasure deletes without touching the entry."""

    entry = models.OneToOneField(AuditEntry, on_delete=models.CASCADE, primary_key=True, related_name="person")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("person of an audit entry")
        verbose_name_plural = _("people of audit entries")

    def __str__(self) -> str:
        return str(self.entry_id)


class IdempotencyKey(models.Model):
    """An answer that is given again for the same `Idempotency-Key`; written in the transaction of its effects."""

    principal = models.CharField(max_length=64, help_text=_("Whose key: user:<id>, or anonymous"))
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text=_("SHA-256 of method, path and body"))
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [models.UniqueConstraint(fields=["principal", "key"], name="idempotency_key_once_per_principal")]

    def __str__(self) -> str:
        return self.key
