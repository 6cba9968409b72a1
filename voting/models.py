"""Rounds, who is on their ballot, ballots cast, tallies."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import one_of
from config.lib.public_ids import PublicIdField
from events.models import Attendee, Event, Slot
from voting.querysets import RoundQuerySet

RECEIPT_LENGTH = 12


class RoundStatus(models.TextChoices):
    PLANNED = "planned", _("Planned")
    OPEN = "open", _("Open")
    CLOSING = "closing", _("Closing")
    CLOSED = "closed", _("Closed")
    REVEALED = "revealed", _("Revealed")
    DISPUTED = "disputed", _("Disputed")


def round_title(number: int, name: str) -> str:
    """What people call a round: as its organizer named it, else by its number."""
    return name or gettext("Round %(number)s") % {"number": number}


class Round(models.Model):
    """One vote of an event: a ballot of artists, open for a while."""

    event = models.ForeignKey(Event, verbose_name=_("event"), on_delete=models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField(_("number"))
    name = models.CharField(_("name"), max_length=100, blank=True)
    status = models.CharField(_("status"), max_length=16, choices=RoundStatus, default=RoundStatus.PLANNED)
    opens_at = models.DateTimeField(_("opens at"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    revealed_at = models.DateTimeField(_("revealed"), null=True, editable=False)
    vote_config: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(
        default=dict, help_text=_("The event's rules as they stood when the round opened")
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        constraints = [
            one_of("status", RoundStatus, "round_status_known"),
            models.UniqueConstraint(fields=["event", "number"], name="round_number_once_per_event"),
            models.UniqueConstraint(
                fields=["event"], condition=models.Q(status__in=["open", "closing"]), name="round_one_open_per_event"
            ),
            models.CheckConstraint(
                condition=models.Q(opens_at__isnull=True)
                | models.Q(closes_at__isnull=True)
                | models.Q(closes_at__gt=models.F("opens_at")),
                name="round_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=models.Q(status="planned") | models.Q(opened_at__isnull=False),
                name="round_open_since_some_time",
            ),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="round_number_from_one"),
        ]
        indexes = [
            # serves the clock: what is due to open or to close, or whose event is over
            models.Index(
                fields=["status"], condition=models.Q(status__in=["planned", "open", "closing"]), name="round_due"
            )
        ]

    def __str__(self) -> str:
        return self.name or f"#{self.number}"

    @property
    def title(self) -> str:
        """What people call it."""
        return round_title(self.number, self.name)


class Entry(models.Model):
    """An artist on the ballot of a round. A trigger fixes the ballot once the round has opened."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="entries")
    slot = models.ForeignKey(Slot, on_delete=models.RESTRICT, related_name="+")

    class Meta:
        verbose_name = _("ballot entry")
        verbose_name_plural = _("ballot entries")
        constraints = [models.UniqueConstraint(fields=["round", "slot"], name="entry_once_per_round")]

    def __str__(self) -> str:
        return f"{self.round_id}:{self.slot_id}"


class BallotChannel(models.TextChoices):
    SMS = "sms", _("SMS")
    WEB = "web", _("Web")
    API = "api", _("API")


class BallotState(models.TextChoices):
    ACCEPTED = "accepted", _("Counted")
    SUPERSEDED = "superseded", _("Replaced by a later vote")
    QUARANTINED = "quarantined", _("Held back for review")
    REJECTED = "rejected", _("Not counted")


class Ballot(models.Model):
    """A vote as it was cast. A trigger lets only `state`, `reason` and `decided_by` change, and the attendee be erased.

    `source` names what carried it (the digest of a voting token, or of an inbound text's id) and makes a repeat harmless.
    A standing ballot is one that is counted or may yet be: each attendee has one per round at most.
    """

    receipt = PublicIdField(verbose_name=_("receipt"), length=RECEIPT_LENGTH)
    # without an index of its own: the one by time below begins with it
    round = models.ForeignKey(
        Round, verbose_name=_("round"), on_delete=models.PROTECT, related_name="ballots", db_index=False
    )
    attendee = models.ForeignKey(Attendee, null=True, on_delete=models.SET_NULL, related_name="+")
    entry = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(_("channel"), max_length=8, choices=BallotChannel)
    source = models.BinaryField(max_length=32)
    received_at = models.DateTimeField(_("received"), help_text=_("When it reached our edge: the time of the vote"))
    state = models.CharField(_("state"), max_length=16, choices=BallotState)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        constraints = [
            one_of("state", BallotState, "ballot_state_known"),
            one_of("channel", BallotChannel, "ballot_channel_known"),
            models.UniqueConstraint(
                fields=["round", "attendee"],
                condition=models.Q(state__in=["accepted", "quarantined"]),
                name="ballot_one_standing_per_attendee",
            ),
            models.UniqueConstraint(
                fields=["source"], condition=~models.Q(state="rejected"), name="ballot_source_once"
            ),
            models.UniqueConstraint(
                fields=["source", "reason"],
                condition=models.Q(state="rejected"),
                name="ballot_rejected_once_per_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(state="rejected") | models.Q(entry__isnull=False),
                name="ballot_counted_names_an_entry",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="rejected") | ~models.Q(reason=""), name="ballot_rejected_with_reason"
            ),
        ]
        indexes = [
            # serves the control room: votes by the minute, and what was refused last
            models.Index(fields=["round", "received_at"], name="ballot_by_time"),
            models.Index(
                fields=["round", "-received_at"], condition=models.Q(state="rejected"), name="ballot_rejected_by_time"
            ),
            # serves the deletion of a user; nearly every ballot is decided by nobody and so not in it
            models.Index(
                fields=["decided_by"], condition=models.Q(decided_by__isnull=False), name="ballot_decided_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return self.receipt


class Tally(models.Model):
    """How many accepted ballots an entry has on a channel; moves in the transaction of the ballots."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="tallies")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=8, choices=BallotChannel)
    votes = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        constraints = [
            one_of("channel", BallotChannel, "tally_channel_known"),
            models.UniqueConstraint(fields=["round", "entry", "channel"], name="tally_once_per_entry_and_channel"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.channel} {self.votes}"
