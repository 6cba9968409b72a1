"""The second step of a client's log-in."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import known_browsers
from accounts.actors import actor_of
from accounts.api.serializers.second_step import SecondStepBody
from accounts.api.serializers.signing_in import SignedInSerializer, signed_in_answer
from accounts.services.second_factor import InvalidCode
from accounts.services.second_step import finish_log_in
from config.lib.api.views import PUBLIC, ApiView
from config.lib.errors import InvalidToken, TokenExpired


class SecondStepView(ApiView):
    """Passkeys are for pages: one over the API needs the mobile apps' own association with the domain."""

    authentication_classes = ()
    scopes = {"POST": PUBLIC}
    refusals = {"POST": (InvalidToken, TokenExpired, InvalidCode)}
    limit = "sign_in"
    limit_closed = True

    @extend_schema(
        operation_id="auth_mfa", request=SecondStepBody, responses=SignedInSerializer, auth=[], tags=["auth"]
    )
    def post(self, request: Request) -> Response:
        """Finish a log-in that was answered with `MFA_REQUIRED`: its challenge, and a code of the app or a recovery code.

        Each code is good once. A challenge lives for five minutes, or until the password changes, and takes as many wrong
        codes as its limit says.
        """
        now = timezone.now()
        signed = finish_log_in(actor=actor_of(request), now=now, **self.body(request, SecondStepBody))
        response = Response(signed_in_answer(signed))
        known_browsers.remember(response, email=signed.user.email, now=now)
        return response
