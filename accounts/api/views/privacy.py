"""A copy of everything held about me, and being forgotten."""

from django.db import transaction
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import actor_of
from accounts.api.serializers.privacy import EraseBody, ErasureSerializer, ExportSerializer
from accounts.models import Export
from accounts.policies import require_person
from accounts.proofs import recently_proved
from accounts.services.erasures import CannotBeForgottenYet, erasure_at, request_erasure
from accounts.services.exports import (
    ExportGone,
    ExportUnderWay,
    TooManyExports,
    export_of,
    open_export,
    request_export,
)
from accounts.services.proving import AccountLocked
from accounts.tasks import wake_eraser, wake_exporter
from config.lib.api.views import PERSON, PUBLIC, ApiView
from config.lib.downloads import download
from config.lib.errors import NotFound

ARCHIVE_NAME = "fanfare-my-data.zip"
ARCHIVE_TYPE = "application/zip"


class RequestExportView(ApiView):
    scopes = {"GET": PERSON, "POST": PERSON}
    refusals = {"POST": (ExportUnderWay, TooManyExports)}

    @extend_schema(operation_id="privacy_exports", responses=ExportSerializer(many=True), tags=["privacy"])
    def get(self, request: Request) -> Response:
        """The copies the account that asks has asked for, the newest first."""
        mine = Export.objects.filter(user=require_person(actor_of(request)))
        return self.page(request, mine, ExportSerializer, ordering="-requested_at,-id")

    @extend_schema(operation_id="privacy_export", request=None, responses={202: ExportSerializer}, tags=["privacy"])
    def post(self, request: Request) -> Response:
        """Have a copy prepared of everything held about the account that asks; `Location` says how far it is."""
        export = request_export(actor=actor_of(request), now=timezone.now())
        transaction.on_commit(lambda: wake_exporter(export.pk), robust=True)
        where = reverse("accounts:export", args=[export.public_id])
        return Response(ExportSerializer(export).data, status=202, headers={"Location": where})


class ExportView(ApiView):
    scopes = {"GET": PERSON}
    refusals = {"GET": (NotFound,)}

    @extend_schema(operation_id="privacy_export_status", responses=ExportSerializer, tags=["privacy"])
    def get(self, request: Request, public_id: str) -> Response:
        """How far a copy is."""
        return Response(ExportSerializer(export_of(actor=actor_of(request), public_id=public_id)).data)


class ExportFileView(ApiView):
    scopes = {"GET": PERSON}
    refusals = {"GET": (NotFound, ExportGone)}

    @extend_schema(
        operation_id="privacy_export_file", responses={(200, ARCHIVE_TYPE): OpenApiTypes.BINARY}, tags=["privacy"]
    )
    def get(self, request: Request, public_id: str) -> HttpResponseBase:
        """The copy: a zip archive with a JSON file per section, the person's files, and a page that explains them."""
        export, file = open_export(actor=actor_of(request), public_id=public_id, now=timezone.now())
        return download(file, name=ARCHIVE_NAME, size=export.size, content_type=ARCHIVE_TYPE)


class EraseView(ApiView):
    scopes = {"POST": PERSON}
    refusals = {"POST": (CannotBeForgottenYet, AccountLocked)}
    limit = "sign_in"
    limit_closed = True

    @extend_schema(
        operation_id="privacy_erase", request=EraseBody, responses={202: ErasureSerializer}, tags=["privacy"]
    )
    def post(self, request: Request) -> Response:
        """Forget the account that asks, for good. It is signed out everywhere at once; `Location` says how far it is."""
        erasure = request_erasure(
            actor=actor_of(request),
            password=self.body(request, EraseBody)["password"],
            recently=recently_proved(request),
            now=timezone.now(),
        )
        transaction.on_commit(lambda: wake_eraser(erasure.pk), robust=True)
        where = reverse("accounts:erasure", args=[erasure.public_id])
        return Response(ErasureSerializer(erasure).data, status=202, headers={"Location": where})


class ErasureView(ApiView):
    """Open to whoever was given its id: nobody is left who could sign in."""

    authentication_classes = ()
    scopes = {"GET": PUBLIC}
    refusals = {"GET": (NotFound,)}

    @extend_schema(operation_id="privacy_erasure_status", responses=ErasureSerializer, auth=[], tags=["privacy"])
    def get(self, request: Request, public_id: str) -> Response:
        """How far an erasure is."""
        return Response(ErasureSerializer(erasure_at(public_id)).data)
