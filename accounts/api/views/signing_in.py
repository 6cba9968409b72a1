"""Sign-up, log-in and tokens."""

from django.contrib.auth import logout
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import known_browsers
from accounts.actors import Credential, actor_of
from accounts.api.serializers.signing_in import (
    LogInBody,
    LogOutBody,
    RefreshBody,
    SignedInSerializer,
    SignUpBody,
    signed_in_answer,
)
from accounts.languages import language_here
from accounts.services.clients import log_out, refresh
from accounts.services.proving import AccountLocked
from accounts.services.signing_in import log_in
from accounts.services.signing_up import EmailTaken, SignUpClosed, sign_up_client
from config.lib.api.views import PERSON, PUBLIC, ApiView
from config.lib.errors import InvalidCredentials, InvalidToken, MfaRequired, TokenExpired


class SignUpView(ApiView):
    """A stale token that a client still sends must not keep it from signing up, so nothing is authenticated here."""

    authentication_classes = ()
    scopes = {"POST": PUBLIC}
    refusals = {"POST": (EmailTaken, SignUpClosed)}
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
    refusals = {"POST": (InvalidCredentials, AccountLocked, MfaRequired)}
    limit = "sign_in"
    limit_closed = True

    @extend_schema(operation_id="auth_log_in", request=LogInBody, responses=SignedInSerializer, auth=[], tags=["auth"])
    def post(self, request: Request) -> Response:
        """Sign a client in by e-mail and password.

        An account with a second factor gets 401 `MFA_REQUIRED`: the detail `challenge` carries, as its `value`, what
        `/api/v1/auth/mfa` takes together with a code. After too many wrong passwords the e-mail is locked for the time that
        Retry-After says, whether or not it has an account; a client that keeps the cookie `known_browser` of an earlier
        sign-in is not kept out by others' attempts.
        """
        now, body = timezone.now(), self.body(request, LogInBody)
        browser = request.COOKIES.get(known_browsers.COOKIE, "")
        signed = log_in(actor=actor_of(request), now=now, browser=browser, **body)
        response = Response(signed_in_answer(signed))
        known_browsers.remember(response, email=signed.user.email, now=now)
        return response


class RefreshView(ApiView):
    authentication_classes = ()
    scopes = {"POST": PUBLIC}
    refusals = {"POST": (InvalidToken, TokenExpired)}
    limit = "refresh"
    limit_closed = True

    @extend_schema(
        operation_id="auth_refresh", request=RefreshBody, responses=SignedInSerializer, auth=[], tags=["auth"]
    )
    def post(self, request: Request) -> Response:
        """New tokens for a refresh token, which is good for this once; using it again signs the client out."""
        token = self.body(request, RefreshBody)["refresh"]
        return Response(signed_in_answer(refresh(actor=actor_of(request), token=token, now=timezone.now())))


class LogOutView(ApiView):
    scopes = {"POST": PERSON}
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
