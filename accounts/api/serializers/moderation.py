"""Bodies and answers of reports, decisions and appeals."""

from typing import Any

from rest_framework import serializers

from accounts.models import Appeal, Breach, Case, CaseState, Decision, Outcome, Priority, Report, Verdict
from accounts.models.moderation import WORDS_LENGTH
from accounts.reportables import kind_labelled, kinds
from config.lib.api.serializers import Body


class SubjectSerializer(serializers.Serializer[Case]):
    """What a case is about: its kind, and the id its own addresses know it by."""

    kind = serializers.SerializerMethodField()
    id = serializers.CharField(source="subject_id")

    def get_kind(self, case: Case) -> str:
        return kind_labelled(case.subject_type).kind


class ReportBody(Body):
    kind = serializers.CharField(max_length=16, help_text="event, artist, image or user")
    id = serializers.CharField(max_length=16)
    reason = serializers.ChoiceField(Breach.choices)
    words = serializers.CharField(max_length=WORDS_LENGTH, required=False, allow_blank=True, default="")

    def validate_kind(self, kind: str) -> str:
        if kind not in {each.kind for each in kinds()}:
            raise serializers.ValidationError("Things of this kind cannot be reported.", code="unknown_kind")
        return kind


class ReportSerializer(serializers.Serializer[Report]):
    """A report, as whoever made it sees it. `standing`: open, held, removed or kept."""

    id = serializers.CharField(source="public_id")
    subject = SubjectSerializer(source="case")
    reason = serializers.ChoiceField(Breach.choices)
    words = serializers.CharField()
    at = serializers.DateTimeField()
    standing = serializers.SerializerMethodField()

    def get_standing(self, report: Report) -> str:
        if report.case.state == CaseState.OPEN:
            return "open"
        if report.case.state in {CaseState.HELD, CaseState.APPEALED}:
            return "held"
        last: str | None = report.last_verdict  # type: ignore[attr-defined]  # annotated by `in_context`
        return "removed" if last == Verdict.REMOVE else "kept"


class AppealSerializer(serializers.Serializer[Appeal]):
    id = serializers.CharField(source="public_id")
    words = serializers.CharField()
    at = serializers.DateTimeField()
    outcome = serializers.CharField(help_text='"upheld", "overturned", or "" while it waits')
    answer = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)


class DecisionSerializer(serializers.Serializer[Decision]):
    """A decision and its reason. Who decided is not said."""

    id = serializers.CharField(source="public_id")
    subject = SubjectSerializer(source="case")
    verdict = serializers.ChoiceField(Verdict.choices)
    reason = serializers.ChoiceField(Breach.choices)
    words = serializers.CharField()
    automatic = serializers.BooleanField()
    at = serializers.DateTimeField()
    appeal = serializers.SerializerMethodField()

    def get_appeal(self, decision: Decision) -> dict[str, Any] | None:
        return dict(AppealSerializer(decision.appeal).data) if hasattr(decision, "appeal") else None


class AppealBody(Body):
    words = serializers.CharField(max_length=WORDS_LENGTH)


class CaseFilters(serializers.Serializer[Any]):
    state = serializers.ChoiceField(CaseState.choices, required=False)
    priority = serializers.ChoiceField(Priority.choices, required=False)


class CaseSerializer(serializers.Serializer[Case]):
    """A row of the queue. `version` goes with every step, so that nobody decides about what they have not seen."""

    id = serializers.CharField(source="public_id")
    subject = SubjectSerializer(source="*")
    state = serializers.ChoiceField(CaseState.choices)
    priority = serializers.ChoiceField(Priority.choices, help_text="1 low, 2 normal, 3 high, 4 urgent")
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


class ReportOfCaseSerializer(serializers.Serializer[Report]):
    """A report, as admins see it. `reporter` is a user's id, null without an account."""

    id = serializers.CharField(source="public_id")
    reporter = serializers.CharField(source="reporter.public_id", default=None, allow_null=True)
    reason = serializers.ChoiceField(Breach.choices)
    words = serializers.CharField()
    points = serializers.IntegerField(help_text="What it weighed towards a hold when it came")
    at = serializers.DateTimeField()


class WholeCaseSerializer(CaseSerializer):
    """With its newest 100 reports and all its decisions."""

    reports = ReportOfCaseSerializer(many=True, source="newest_reports")
    decisions = DecisionSerializer(many=True, source="history")


class DecisionBody(Body):
    verdict = serializers.ChoiceField(Verdict.choices)
    reason = serializers.ChoiceField(Breach.choices)
    words = serializers.CharField(max_length=WORDS_LENGTH, help_text="Why: the owner reads it.")
    version = serializers.IntegerField(min_value=1, help_text="Of the case, as you saw it.")


class AnswerBody(Body):
    outcome = serializers.ChoiceField(Outcome.choices)
    words = serializers.CharField(max_length=WORDS_LENGTH, help_text="Why: the owner reads it.")
    version = serializers.IntegerField(min_value=1, help_text="Of the case, as you saw it.")
