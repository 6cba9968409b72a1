"""Reports of content, decisions and appeals; for admins the queue."""

from django.db.models import Prefetch
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import actor_of
from accounts.api.serializers.moderation import (
    AnswerBody,
    AppealBody,
    AppealSerializer,
    CaseFilters,
    CaseSerializer,
    DecisionBody,
    DecisionSerializer,
    ReportBody,
    ReportSerializer,
    WholeCaseSerializer,
)
from accounts.models import Breach, Case, Decision, Outcome, Report, Verdict
from accounts.policies import require_admin, require_person
from accounts.services.appealing import AnotherAdminNeeded, AppealedAlready, NothingToAppeal, answer, appeal
from accounts.services.moderating import HIDING, NotNow, OwnCase, decide
from accounts.services.reporting import OwnThing, report
from config.lib.api.views import PERSON, PUBLIC, ApiView
from config.lib.errors import NotFound, StaleVersion, ValidationError

_REPORTS = 100


class ReportsView(ApiView):
    scopes = {"GET": PERSON, "POST": PUBLIC}
    refusals = {"POST": (NotFound, OwnThing)}

    @extend_schema(operation_id="reports_list", responses=ReportSerializer(many=True), tags=["moderation"])
    def get(self, request: Request) -> Response:
        """What you reported and what became of it, the newest first."""
        mine = Report.objects.filter(reporter=require_person(actor_of(request))).in_context()
        return self.page(request, mine, ReportSerializer, ordering="-id")

    @extend_schema(
        operation_id="reports_make", request=ReportBody, responses={201: ReportSerializer}, tags=["moderation"]
    )
    def post(self, request: Request) -> Response:
        """Report an event, an artist, an image or a person. An account is not needed.

        Reporting the same again answers 200 with the first report, and changes nothing.
        """
        body = self.body(request, ReportBody)
        made = report(
            actor=actor_of(request),
            kind=body["kind"],
            public_id=body["id"],
            reason=Breach(body["reason"]),
            words=body["words"],
            now=timezone.now(),
        )
        shown = Report.objects.in_context().get(pk=made.report.pk)
        return Response(ReportSerializer(shown).data, status=201 if made.is_new else 200)


class DecisionsView(ApiView):
    scopes = {"GET": PERSON}

    @extend_schema(operation_id="decisions_list", responses=DecisionSerializer(many=True), tags=["moderation"])
    def get(self, request: Request) -> Response:
        """What was decided about your things, the newest first. What was reported and kept is not in it."""
        owner = require_person(actor_of(request))
        about_mine = Decision.objects.filter(case__owner=owner, verdict__in=(*HIDING, Verdict.RESTORE))
        return self.page(request, about_mine.in_context(), DecisionSerializer, ordering="-id")


class AppealView(ApiView):
    scopes = {"POST": PERSON}
    refusals = {"POST": (NotFound, AppealedAlready, NothingToAppeal)}

    @extend_schema(
        operation_id="decisions_appeal", request=AppealBody, responses={201: AppealSerializer}, tags=["moderation"]
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Say why the decision is wrong: once, within 180 days, while it still hides something."""
        words = self.body(request, AppealBody)["words"]
        made = appeal(actor=actor_of(request), decision_id=public_id, words=words, now=timezone.now())
        return Response(AppealSerializer(made).data, status=201)


class CasesView(ApiView):
    scopes = {"GET": "admin:moderation"}
    refusals = {"GET": (ValidationError,)}
    orderings = ("-priority", "opened_at", "-opened_at")

    @extend_schema(
        operation_id="admin_moderation",
        parameters=[CaseFilters],
        responses=CaseSerializer(many=True),
        tags=["admin"],
    )
    def get(self, request: Request) -> Response:
        """The queue: the most urgent first, then the oldest."""
        require_admin(actor_of(request))
        filters = CaseFilters(data=request.query_params.dict())
        filters.is_valid(raise_exception=True)
        found = Case.objects.filter(**filters.validated_data)
        return self.page(request, found, CaseSerializer, ordering="-priority,opened_at,id")


class CaseView(ApiView):
    scopes = {"GET": "admin:moderation"}
    refusals = {"GET": (NotFound,)}

    @extend_schema(operation_id="admin_moderation_case", responses=WholeCaseSerializer, tags=["admin"])
    def get(self, request: Request, public_id: str) -> Response:
        """A case with its reports and decisions."""
        require_admin(actor_of(request))
        return Response(_whole(public_id))


class DecideView(ApiView):
    scopes = {"POST": "admin:moderation"}
    refusals = {"POST": (NotFound, OwnCase, StaleVersion, NotNow)}

    @extend_schema(
        operation_id="admin_moderation_decide", request=DecisionBody, responses=WholeCaseSerializer, tags=["admin"]
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Keep, hold, remove or restore, with the reason."""
        body = self.body(request, DecisionBody)
        decide(
            actor=actor_of(request),
            case_id=public_id,
            verdict=Verdict(body["verdict"]),
            reason=Breach(body["reason"]),
            words=body["words"],
            version=body["version"],
            now=timezone.now(),
        )
        return Response(_whole(public_id))


class AnswerView(ApiView):
    scopes = {"POST": "admin:moderation"}
    refusals = {"POST": (NotFound, OwnCase, StaleVersion, NotNow, AnotherAdminNeeded)}

    @extend_schema(
        operation_id="admin_moderation_answer", request=AnswerBody, responses=WholeCaseSerializer, tags=["admin"]
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Answer the appeal that waits."""
        body = self.body(request, AnswerBody)
        answer(
            actor=actor_of(request),
            case_id=public_id,
            outcome=Outcome(body["outcome"]),
            words=body["words"],
            version=body["version"],
            now=timezone.now(),
        )
        return Response(_whole(public_id))


def _whole(public_id: str) -> dict[str, object]:
    """Raises NotFound."""
    reports = Report.objects.select_related("reporter").order_by("-pk")[:_REPORTS]
    decided = Decision.objects.in_context().order_by("pk")
    case = (
        Case.objects.filter(public_id=public_id)
        .prefetch_related(
            Prefetch("reports", reports, to_attr="newest_reports"), Prefetch("decisions", decided, to_attr="history")
        )
        .first()
    )
    if case is None:
        raise NotFound
    return dict(WholeCaseSerializer(case).data)
