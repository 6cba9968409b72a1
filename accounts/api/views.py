"""Sign-up, log-in, tokens and the profile."""

from django.contrib.auth import logout
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Credential, actor_of
from accounts.api.serializers import (
    LogInBody,
    LogOutBody,
    ProfileBody,
    ProfileSerializer,
    RefreshBody,
    SignedInSerializer,
    SignUpBody,
    signed_in_answer,
)
from accounts.languages import language_here
from accounts.models import User
from accounts.policies import signed_in
from accounts.services.clients import log_out, refresh
from accounts.services.profile import edit_profile
from accounts.services.signing_in import log_in
from accounts.services.signing_up import EmailTaken, sign_up_client
from config.lib.api.etags import expected_version
from config.lib.api.views import PUBLIC, SIGNED_IN, ApiView
from config.lib.errors import InvalidCredentials, InvalidToken, StaleVersion, TokenExpired


class SignUpView(ApiView):
    """A stale token that a client still sends must not keep it from signing up, so nothing is authenticated here."""

    authentication_classes = ()
    scopes = {"POST": PUBLIC}
    refusals = {"POST": (EmailTaken,)}
    limit = "sign_up"
    limit_closed = True

    @extend_schema(
        operation_id="auth_sign_up", request=SignUpBody, responses={201: SignedInSerializer}, auth=[], tags=["auth"]
    )
    def post(self, request: Request) -> Response:
        """Make an account and sign this client in. It may read, join and vote until its e-mail is confirmed."""
        body = {"language": language_here(), **self.body(request, SignUpBody)}
        signed = sign_up_client(actor=actor_of(request), now=timezone.now(), **body)
        return Response(signed_in_answer(signed), status=201, headers={"Location": reverse("accounts:profile")})


class LogInView(ApiView):
    authentication_classes = ()
    scopes = {"POST": PUBLIC}
    refusals = {"POST": (InvalidCredentials,)}
    limit = "sign_in"
    limit_closed = True

    @extend_schema(operation_id="auth_log_in", request=LogInBody, responses=SignedInSerializer, auth=[], tags=["auth"])
    def post(self, request: Request) -> Response:
        """Sign a client in by e-mail and password."""
        signed = log_in(actor=actor_of(request), now=timezone.now(), **self.body(request, LogInBody))
        return Response(signed_in_answer(signed))


class RefreshView(ApiView):
    authentication_classes = ()
    scopes = {"POST": PUBLIC}
    refusals = {"POST": (InvalidToken, TokenExpired)}
    limit = "sign_in"
    limit_closed = True

    @extend_schema(
        operation_id="auth_refresh", request=RefreshBody, responses=SignedInSerializer, auth=[], tags=["auth"]
    )
    def post(self, request: Request) -> Response:
        """New tokens for a refresh token, which is good for this once; using it again signs the client out."""
        token = self.body(request, RefreshBody)["refresh"]
        return Response(signed_in_answer(refresh(actor=actor_of(request), token=token, now=timezone.now())))


class LogOutView(ApiView):
    scopes = {"POST": SIGNED_IN}
    refusals = {"POST": (InvalidToken, TokenExpired)}

    @extend_schema(operation_id="auth_log_out", request=LogOutBody, responses={204: None}, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Sign out what this request is signed in with (client or session), and the client of `refresh` if given."""
        token = self.body(request, LogOutBody).get("refresh", "")
        family_id = request.auth.family_id if isinstance(request.auth, Credential) else None
        log_out(actor=actor_of(request), family_id=family_id, token=token, now=timezone.now())
        if family_id is None:
            logout(request)
        return Response(status=204)


class ProfileView(ApiView):
    scopes = {"GET": "profile:read", "PATCH": "profile:write"}
    refusals = {"PATCH": (StaleVersion,)}

    @extend_schema(operation_id="auth_profile", responses=ProfileSerializer, tags=["auth"])
    def get(self, request: Request) -> Response:
        """The account that asks."""
        return self._answer(request, signed_in(actor_of(request)))

    @extend_schema(operation_id="auth_edit_profile", request=ProfileBody, responses=ProfileSerializer, tags=["auth"])
    def patch(self, request: Request) -> Response:
        """Change what is named; a new phone number is an unverified one."""
        actor = actor_of(request)
        expected = expected_version(request, signed_in(actor).public_id)
        body = self.body(request, ProfileBody, partial=True)
        return self._answer(request, edit_profile(actor=actor, expected_version=expected, now=timezone.now(), **body))

    def _answer(self, request: Request, user: User) -> Response:
        data = ProfileSerializer(user).data
        return self.resource(request, data, public_id=user.public_id, version=user.version)
