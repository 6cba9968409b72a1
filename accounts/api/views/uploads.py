"""Uploads: pictures, by their content."""

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import actor_of
from accounts.api.serializers.uploads import UploadBody, UploadSerializer
from accounts.pictures.refusals import (
    AudioNotOffered,
    NotAPicture,
    PictureBroken,
    PictureTooLarge,
    PictureTooManyPixels,
)
from accounts.services.uploads import UploadInUse, keep_picture, own_upload, take_back
from config.lib.api.parsers import MultipartBody
from config.lib.api.views import ApiView


class UploadsView(ApiView):
    """The only address of the API that reads multipart bodies."""

    scopes = {"POST": "profile:write"}
    refusals = {"POST": (NotAPicture, AudioNotOffered, PictureTooLarge, PictureTooManyPixels, PictureBroken)}
    parser_classes = (MultipartBody,)

    @extend_schema(operation_id="upload", request=UploadBody, responses={201: UploadSerializer}, tags=["uploads"])
    def post(self, request: Request) -> Response:
        """Keep a picture: turned upright, without its metadata, in several sizes. The same one again gives the same id."""
        body = self.body(request, UploadBody)
        file = body["file"]
        upload = keep_picture(actor=actor_of(request), kind=body["kind"], file=file, size=file.size, now=timezone.now())
        where = reverse("accounts:upload", args=[upload.public_id])
        return Response(UploadSerializer(upload).data, status=201, headers={"Location": where})


class UploadView(ApiView):
    scopes = {"GET": "profile:read", "DELETE": "profile:write"}
    refusals = {"DELETE": (UploadInUse,)}

    @extend_schema(operation_id="upload_get", responses=UploadSerializer, tags=["uploads"])
    def get(self, request: Request, upload_id: str) -> Response:
        """One of your own."""
        return Response(UploadSerializer(own_upload(actor=actor_of(request), public_id=upload_id)).data)

    @extend_schema(operation_id="upload_delete", responses={204: None}, tags=["uploads"])
    def delete(self, request: Request, upload_id: str) -> Response:
        """Take one back that nothing uses."""
        take_back(actor=actor_of(request), public_id=upload_id, now=timezone.now())
        return Response(status=204)
