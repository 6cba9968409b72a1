"""Moderation: what people reported, the cases it became, what was decided, and what owners answered."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User
from accounts.querysets import DecisionQuerySet, ReportQuerySet
from config.lib.constraints import one_of
from config.lib.public_ids import PublicIdField

WORDS_LENGTH: Final = 2_000


class Breach(models.TextChoices):
    """What something is reported or held for."""

    SPAM = "spam", _("Spam or a scam")
    HATE = "hate", _("Hate or harassment")
    SEXUAL = "sexual", _("Sexual content")
    VIOLENCE = "violence", _("Violence or a threat")
    IMPERSONATION = "impersonation", _("Pretends to be somebody else")
    ILLEGAL = "illegal", _("Against the law")
    OTHER = "other", _("Something else")


class CaseState(models.TextChoices):
    OPEN = "open", _("Waiting")
    HELD = "held", _("Held")
    DECIDED = "decided", _("Removed")
    APPEALED = "appealed", _("Appealed")
    CLOSED = "closed", _("Closed")


class Priority(models.IntegerChoices):
    LOW = 1, _("Low")
    NORMAL = 2, _("Normal")
    HIGH = 3, _("High")
    URGENT = 4, _("Urgent")


class Case(models.Model):
    """Everything about one thing that was reported, from the first report to the last word: a row of the queue.

    The subject is named as the audit names it: the model's label and the public id. At most one case of a subject is not
    closed. `version` rises with every step, so that whoever decides decides about what they have seen.
    """

    public_id = PublicIdField(verbose_name=_("public id"))
    subject_type = models.CharField(_("kind of subject"), max_length=32)
    subject_id = models.CharField(_("subject"), max_length=64)
    owner = models.ForeignKey(User, verbose_name=_("owner"), null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(_("state"), max_length=16, choices=CaseState, default=CaseState.OPEN)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.NORMAL)
    version = models.PositiveIntegerField(_("version"), default=1)
    opened_at = models.DateTimeField(_("opened on"))
    closed_at = models.DateTimeField(_("closed on"), null=True)

    class Meta:
        verbose_name = _("moderation case")
        verbose_name_plural = _("moderation cases")
        constraints = [
            one_of("state", CaseState, "case_state_known"),
            models.CheckConstraint(condition=models.Q(priority__in=Priority.values), name="case_priority_known"),
            models.CheckConstraint(
                condition=models.Q(state="closed", closed_at__isnull=False)
                | (~models.Q(state="closed") & models.Q(closed_at__isnull=True)),
                name="case_closed_at_some_time",
            ),
            models.UniqueConstraint(
                fields=["subject_type", "subject_id"], condition=~models.Q(state="closed"), name="case_open_once"
            ),
        ]
        indexes = [
            # serves the queue
            models.Index(fields=["-priority", "opened_at"], condition=~models.Q(state="closed"), name="case_queue"),
            models.Index(fields=["subject_type", "subject_id", "-id"], name="case_by_subject"),
            models.Index(fields=["owner", "-id"], name="case_by_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type}:{self.subject_id}"


class Report(models.Model):
    """Somebody says that something breaks the rules.

    Without an account, `mark` tells reporters apart for as long as the report is kept: a keyed hash of the address.
    `points` is what the report weighed towards holding the subject when it came (accounts/moderation_rules.py).
    """

    public_id = PublicIdField(verbose_name=_("public id"))
    case = models.ForeignKey(Case, verbose_name=_("moderation case"), on_delete=models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(
        User, verbose_name=_("reported by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    mark = models.CharField(_("visitor of the day"), max_length=32, blank=True)
    reason = models.CharField(_("reason"), max_length=16, choices=Breach)
    words = models.TextField(_("in their words"), max_length=WORDS_LENGTH, blank=True)
    points = models.PositiveSmallIntegerField(_("weight"))
    at = models.DateTimeField(_("reported on"))

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            one_of("reason", Breach, "report_reason_known"),
            models.UniqueConstraint(fields=["case", "reporter"], name="report_once_per_person"),
            models.UniqueConstraint(
                fields=["case", "mark"], condition=~models.Q(mark=""), name="report_once_per_address"
            ),
            models.CheckConstraint(
                condition=models.Q(reporter__isnull=True) | models.Q(mark=""), name="report_one_kind_of_reporter"
            ),
        ]
        indexes = [models.Index(fields=["reporter", "-id"], name="report_by_reporter")]

    def __str__(self) -> str:
        return f"{self.reason} {self.public_id}"


class Verdict(models.TextChoices):
    """What a decision does: `hold` hides the subject until somebody looks closer, `remove` hides it for good."""

    KEEP = "keep", _("Keep")
    HOLD = "hold", _("Hold")
    REMOVE = "remove", _("Remove")
    RESTORE = "restore", _("Restore")


class Decision(models.Model):
    """One step of a case and its reason, which the owner is told. Append-only (database trigger).

    `by` is None where a rule decided (`automatic`), and where the account of whoever decided is gone.
    """

    public_id = PublicIdField(verbose_name=_("public id"))
    case = models.ForeignKey(
        Case, verbose_name=_("moderation case"), on_delete=models.PROTECT, related_name="decisions"
    )
    verdict = models.CharField(_("verdict"), max_length=16, choices=Verdict)
    reason = models.CharField(_("reason"), max_length=16, choices=Breach)
    words = models.TextField(_("in their words"), max_length=WORDS_LENGTH)
    by = models.ForeignKey(User, verbose_name=_("decided by"), null=True, on_delete=models.SET_NULL, related_name="+")
    automatic = models.BooleanField(_("automatic"), default=False)
    at = models.DateTimeField(_("decided on"))

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            one_of("verdict", Verdict, "decision_verdict_known"),
            one_of("reason", Breach, "decision_reason_known"),
            models.CheckConstraint(condition=~models.Q(words=""), name="decision_says_why"),
            models.CheckConstraint(
                condition=models.Q(automatic=False) | models.Q(by__isnull=True, verdict="hold"),
                name="decision_rules_only_hold",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.public_id}"


class Outcome(models.TextChoices):
    """What came of an appeal, said of the decision; "" while it waits."""

    UPHELD = "upheld", _("The decision stands")
    OVERTURNED = "overturned", _("The decision is undone")


class Appeal(models.Model):
    """The owner says why a decision is wrong: once for each decision."""

    public_id = PublicIdField(verbose_name=_("public id"))
    decision = models.OneToOneField(
        Decision, verbose_name=_("decision"), on_delete=models.PROTECT, related_name="appeal"
    )
    by = models.ForeignKey(User, verbose_name=_("appealed by"), null=True, on_delete=models.SET_NULL, related_name="+")
    words = models.TextField(_("in their words"), max_length=WORDS_LENGTH, blank=True)
    at = models.DateTimeField(_("appealed on"))
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome, blank=True)
    answer = models.TextField(_("answer"), max_length=WORDS_LENGTH, blank=True)
    answered_by = models.ForeignKey(
        User, verbose_name=_("answered by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered on"), null=True)

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints = [
            models.CheckConstraint(condition=models.Q(outcome__in=["", *Outcome.values]), name="appeal_outcome_known"),
            models.CheckConstraint(
                condition=models.Q(outcome="", answer="", answered_at__isnull=True)
                | (~models.Q(outcome="") & ~models.Q(answer="") & models.Q(answered_at__isnull=False)),
                name="appeal_answered_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome or 'waiting'} {self.public_id}"


class TrustedFlagger(models.Model):
    """Somebody whose report alone holds what it is about: an admin has said so."""

    user = models.OneToOneField(
        User, verbose_name=_("account"), on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("trusted flagger")
        verbose_name_plural = _("trusted flaggers")

    def __str__(self) -> str:
        return str(self.user_id)
