"""Verifying a phone by a texted code."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import actor_of
from accounts.api.serializers.phones import CodeSentSerializer, PhoneVerifyBody
from accounts.api.serializers.profile import ProfileSerializer
from accounts.services.phones import (
    PhoneAlreadyVerified,
    PhoneCodeExpired,
    PhoneCodeWrong,
    PhoneTaken,
    ask_for_code,
    confirm_code,
)
from accounts.texting import PhoneNotReached, PhoneOptedOut
from config.lib.api.views import PERSON, ApiView


class PhoneVerifyView(ApiView):
    scopes = {"POST": PERSON}
    refusals = {
        "POST": (
            PhoneAlreadyVerified,
            PhoneCodeExpired,
            PhoneCodeWrong,
            PhoneNotReached,
            PhoneOptedOut,
            PhoneTaken,
        )
    }

    @extend_schema(
        operation_id="auth_verify_phone",
        request=PhoneVerifyBody,
        responses={200: ProfileSerializer, 202: CodeSentSerializer},
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """`{}` or `{phone}`: text a code (202). `{code}`: confirm it, and the phone is the profile's, verified (200)."""
        actor, now = actor_of(request), timezone.now()
        body = self.body(request, PhoneVerifyBody)
        if "code" in body:
            user = confirm_code(actor=actor, code=body["code"].strip(), now=now)
            return self.resource(request, ProfileSerializer(user).data, public_id=user.public_id, version=user.version)
        sent = ask_for_code(actor=actor, phone=body.get("phone"), now=now)
        return Response(CodeSentSerializer(sent).data, status=202)
