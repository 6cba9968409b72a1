"""Venues, events, staff, the line-up, attendees."""

from functools import cache
from typing import Any, Final
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from artists.models import Artist
from config.lib.constraints import one_of
from config.lib.public_ids import PublicIdField
from config.lib.word_search import words_index
from events.querysets import AttendeeQuerySet, EventQuerySet, SlotQuerySet, VenueQuerySet
from messaging.models import Address, Sender

COUNTRY_CODE: Final = "^[A-Z]{2}$"  # ISO 3166-1 alpha-2


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def known_time_zone(name: str) -> None:
    """Raises Django's ValidationError unless this machine's time zone database has `name`."""
    if name not in _time_zones():
        raise ValidationError(_("Use the name of a time zone, for example Europe/Berlin."), code="unknown_time_zone")


class Venue(models.Model):
    """A place with a stage. Times of its events are shown in its own time zone."""

    public_id = PublicIdField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(_("name"), max_length=150)
    street = models.CharField(_("street"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=100)
    country = models.CharField(
        _("country"),
        max_length=2,
        validators=[RegexValidator(COUNTRY_CODE, _("Use two capital letters, for example DE."))],
        help_text=_("ISO 3166-1, two letters"),
    )
    timezone = models.CharField(
        _("time zone"),
        max_length=64,
        validators=[known_time_zone],
        help_text=_("IANA name, for example Europe/Berlin"),
    )
    version = models.PositiveIntegerField(default=1)

    objects = VenueQuerySet.as_manager()

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        constraints = [
            models.CheckConstraint(condition=models.Q(country__regex=COUNTRY_CODE), name="venue_country_code")
        ]
        # serve the search for events by words, and by town
        indexes = [words_index("name", "venue_by_words"), words_index("city", "venue_by_town")]

    def __str__(self) -> str:
        return f"{self.name}, {self.city}"


class EventStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    LIVE = "live", _("Live")
    CLOSED = "closed", _("Closed")
    ARCHIVED = "archived", _("Archived")
    CANCELLED = "cancelled", _("Cancelled")


class EventAccess(models.TextChoices):
    PUBLIC = "public", _("Public")
    PRIVATE = "private", _("Private: by link or invitation")
    HYBRID = "hybrid", _("Hybrid: page public, joining by invitation")


class Event(models.Model):
    """A night: when, where, who may come, how the room joins and votes."""

    public_id = PublicIdField()
    slug = models.SlugField(max_length=100, unique=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="events")
    status = models.CharField(_("status"), max_length=16, choices=EventStatus, default=EventStatus.DRAFT)
    access = models.CharField(_("access"), max_length=16, choices=EventAccess, default=EventAccess.PUBLIC)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    doors_at = models.DateTimeField(_("doors at"), null=True, blank=True)
    join_keyword = models.CharField(
        _("join keyword"), max_length=20, blank=True, help_text=_("Upper case letters and digits")
    )
    sender = models.ForeignKey(Sender, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    category = models.CharField(_("category"), max_length=40, blank=True)
    tags = ArrayField(models.CharField(max_length=40), verbose_name=_("tags"), default=list, blank=True)
    vote_config: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(
        _("vote rules"), default=dict, blank=True
    )
    status_changed_at = models.DateTimeField(default=timezone.now, editable=False)
    held_at = models.DateTimeField(null=True, editable=False, help_text=_("Since when moderation hides it"))
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            one_of("status", EventStatus, "event_status_known"),
            one_of("access", EventAccess, "event_access_known"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="event_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=models.Q(doors_at__isnull=True) | models.Q(doors_at__lte=models.F("starts_at")),
                name="event_doors_before_start",
            ),
            models.CheckConstraint(
                condition=models.Q(join_keyword="") | models.Q(join_keyword__regex=r"^[A-Z0-9]*[A-Z][A-Z0-9]*$"),
                name="event_keyword_spelling",
            ),
            models.CheckConstraint(
                condition=models.Q(join_keyword="") | models.Q(sender__isnull=False), name="event_keyword_has_a_number"
            ),
            models.UniqueConstraint(
                fields=["sender", "join_keyword"],
                condition=~models.Q(join_keyword="") & ~models.Q(status__in=["closed", "archived", "cancelled"]),
                name="event_keyword_once_per_number",
            ),
        ]
        indexes = [
            # serves the public list: what is on, by date
            models.Index(
                fields=["starts_at", "id"], condition=models.Q(status__in=["published", "live"]), name="event_upcoming"
            ),
            # serve the lists of what is over and of what was called off, latest first
            models.Index(
                fields=["-starts_at", "-id"], condition=models.Q(status__in=["closed", "archived"]), name="event_over"
            ),
            models.Index(fields=["-starts_at", "-id"], condition=models.Q(status="cancelled"), name="event_called_off"),
            words_index("title", "event_by_words"),
            models.Index(fields=["owner", "-id"], name="event_by_owner"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def topic(self) -> str:
        """What messages and consent about this event are filed under."""
        return f"event:{self.pk}"


class StaffRole(models.TextChoices):
    MANAGER = "manager", _("Manager")
    DOOR = "door", _("Door")
    MODERATOR = "moderator", _("Moderator")


class EventStaff(models.Model):
    """Somebody besides the owner who may work on an event."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="staff")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=16, choices=StaffRole)

    class Meta:
        verbose_name = _("staff member")
        verbose_name_plural = _("staff")
        constraints = [
            one_of("role", StaffRole, "event_staff_role_known"),
            models.UniqueConstraint(fields=["event", "user"], name="event_staff_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class InviteStatus(models.TextChoices):
    PENDING = "pending", _("Invited")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Slot(models.Model):
    """An artist's place in the line-up. The ballot number is given once and never goes to anyone else."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="lineup")
    artist = models.ForeignKey(Artist, on_delete=models.PROTECT, related_name="+")
    ballot_number = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField(help_text=_("Running order"))
    invite_status = models.CharField(max_length=16, choices=InviteStatus, default=InviteStatus.PENDING)
    set_at = models.DateTimeField(null=True, blank=True)

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("line-up")
        constraints = [
            one_of("invite_status", InviteStatus, "slot_invite_status_known"),
            models.CheckConstraint(condition=models.Q(ballot_number__gte=1), name="slot_ballot_number_from_one"),
            models.UniqueConstraint(fields=["event", "artist"], name="slot_once_per_artist"),
            models.UniqueConstraint(fields=["event", "ballot_number"], name="slot_ballot_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.ballot_number} {self.artist_id}"

    @property
    def billed_as(self) -> str:
        """The artist, who must be loaded; of one whom moderation holds, the ballot number alone."""
        return self.artist.name if self.artist.held_at is None else f"№ {self.ballot_number}"


class AttendeeStatus(models.TextChoices):
    PENDING = "pending", _("Waiting for YES")
    CONFIRMED = "confirmed", _("Confirmed")
    LEFT = "left", _("Left")


class AttendeeSource(models.TextChoices):
    SMS = "sms", _("SMS")
    WEB = "web", _("Web")
    API = "api", _("API")
    BOOKING = "booking", _("Booking")
    IMPORT = "import", _("Import")


class Attendee(models.Model):
    """A person at one event, known by a phone, a mail address, an account, or several of them."""

    public_id = PublicIdField()
    # without an index of its own: the one by status below begins with it
    event = models.ForeignKey(
        Event, verbose_name=_("event"), on_delete=models.CASCADE, related_name="attendees", db_index=False
    )
    phone = models.ForeignKey(Address, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    email = models.ForeignKey(Address, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    status = models.CharField(_("status"), max_length=16, choices=AttendeeStatus)
    source = models.CharField(_("through"), max_length=16, choices=AttendeeSource)
    asked_at = models.DateTimeField(_("asked on"), null=True, help_text=_("When the last question to confirm was sent"))
    joined_at = models.DateTimeField(
        _("joined on"),
        null=True,
        help_text=_("The last time this person joined; decides which event a bare vote is for. Empty for the invited"),
    )
    confirmed_at = models.DateTimeField(_("confirmed on"), null=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")

    objects = AttendeeQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendee")
        verbose_name_plural = _("attendees")
        constraints = [
            one_of("status", AttendeeStatus, "attendee_status_known"),
            one_of("source", AttendeeSource, "attendee_source_known"),
            models.UniqueConstraint(fields=["event", "phone"], name="attendee_phone_once_per_event"),
            models.UniqueConstraint(fields=["event", "email"], name="attendee_email_once_per_event"),
            models.UniqueConstraint(fields=["event", "user"], name="attendee_user_once_per_event"),
            models.CheckConstraint(
                condition=~models.Q(status="confirmed") | models.Q(confirmed_at__isnull=False),
                name="attendee_confirmed_at_some_time",
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True) | models.Q(status="left"), name="attendee_merged_has_left"
            ),
        ]
        indexes = [
            # serves "the event this phone last joined"
            models.Index(fields=["phone", "-joined_at"], name="attendee_by_phone"),
            models.Index(fields=["user", "-joined_at"], name="attendee_by_user"),
            # serves the control room: how many of each status, and who came when
            models.Index(fields=["event", "status", "confirmed_at"], name="attendee_by_status"),
        ]

    def __str__(self) -> str:
        return self.public_id


class ImportStatus(models.TextChoices):
    CHECKED = "checked", _("Checked, nothing imported yet")
    RUNNING = "running", _("Being imported")
    DONE = "done", _("Imported")


class AttendeeImport(models.Model):
    """A list of people that an organizer uploaded: kept between the look at it and the import, and a while after.

    `position` counts the readable rows that are done. Each readable row has been `added` or was `known`; `refused` counts
    the others. The file holds personal data, so the row is deleted a week after it was uploaded.
    """

    public_id = PublicIdField()
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    file_name = models.CharField(max_length=200)
    file = models.BinaryField()
    status = models.CharField(max_length=16, choices=ImportStatus, default=ImportStatus.CHECKED)
    rows = models.PositiveIntegerField(help_text=_("All of them, blank ones aside"))
    refused = models.PositiveIntegerField()
    position = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField(help_text=_("When something was last done about it"))
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("import of attendees")
        verbose_name_plural = _("imports of attendees")
        constraints = [
            one_of("status", ImportStatus, "attendee_import_status_known"),
            models.CheckConstraint(
                condition=models.Q(position=models.F("added") + models.F("known")), name="attendee_import_adds_up"
            ),
            models.CheckConstraint(
                condition=models.Q(rows__gte=models.F("refused") + models.F("position")),
                name="attendee_import_no_more_than_its_rows",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="done")
                | models.Q(rows=models.F("refused") + models.F("position"), finished_at__isnull=False),
                name="attendee_import_done_with_every_row",
            ),
        ]
        indexes = [
            # serves the sweep, and whoever takes up what was left in the middle
            models.Index(fields=["created_at"], name="attendee_import_by_age"),
            models.Index(fields=["touched_at"], condition=models.Q(status="running"), name="attendee_import_running"),
        ]

    def __str__(self) -> str:
        return self.file_name
