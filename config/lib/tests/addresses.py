"""API addresses that exist only for the tests of the conventions."""

from typing import Any, ClassVar

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from config.lib.api.serializers import Body
from config.lib.api.views import PERSON, PUBLIC, ApiView
from config.lib.errors import Conflict, Detail, StaleVersion


class SeatSerializer(serializers.Serializer[Any]):
    row = serializers.IntegerField(min_value=1)


class ThingBody(Body):
    name = serializers.CharField(max_length=10)
    seats = SeatSerializer(many=True, required=False)


class ThingSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    version = serializers.IntegerField()


class PersonSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()


class Things(ApiView):
    scopes: ClassVar = {"GET": PUBLIC, "POST": PUBLIC, "DELETE": PERSON, "PUT": "events:write"}
    refusals: ClassVar = {"DELETE": (Conflict,)}
    orderings: ClassVar = ("name", "-name")

    @extend_schema(responses=PersonSerializer(many=True))
    def get(self, request: Request) -> Response:
        return self.page(request, User.objects.all(), PersonSerializer, ordering="-id")

    @extend_schema(request=ThingBody, responses={201: ThingSerializer})
    def post(self, request: Request) -> Response:
        return Response(self.body(request, ThingBody), status=201)

    def patch(self, request: Request) -> Response:
        raise AssertionError  # names no scope, so nobody gets here

    @extend_schema(request=ThingBody, responses=ThingSerializer)
    def put(self, request: Request) -> Response:
        return Response({"name": "changed"})

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        raise Conflict(details=[Detail("name", "taken", "Taken.")], retry_after=3)


class Thing(ApiView):
    scopes: ClassVar = {"GET": PUBLIC, "PATCH": PUBLIC}
    refusals: ClassVar = {"PATCH": (StaleVersion,)}

    @extend_schema(responses=ThingSerializer)
    def get(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the address
        return self.resource(request, {"id": id, "name": "thing", "version": 3}, public_id=id, version=3)

    @extend_schema(request=ThingBody, responses=ThingSerializer)
    def patch(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the address
        return Response(self.body(request, ThingBody, partial=True))


class Broken(ApiView):
    scopes: ClassVar = {"GET": PUBLIC}

    @extend_schema(responses={204: None})
    def get(self, request: Request) -> Response:
        raise RuntimeError("the secret reason")


class Nothing(ApiView):
    scopes: ClassVar = {"POST": PUBLIC}
    limit: ClassVar = "sign_in"
    limit_closed: ClassVar = True

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        return Response(status=204)


urlpatterns = [
    path("api/v1/things", Things.as_view()),
    path("api/v1/things/<slug:id>", Thing.as_view()),
    path("api/v1/broken", Broken.as_view()),
    path("api/v1/nothing", Nothing.as_view()),
]
handler500 = "config.error_pages.server_error"
