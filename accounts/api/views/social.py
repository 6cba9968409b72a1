"""Signing in by what Google, Apple or Spotify say."""

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import known_browsers
from accounts.actors import actor_of
from accounts.api.serializers.signing_in import SignedInSerializer, signed_in_answer
from accounts.api.serializers.social import SocialBody
from accounts.languages import language_here
from accounts.services.signing_up import EmailTaken, SignUpClosed
from accounts.services.social import ConnectedElsewhere, ConnectFirst, log_in_or_join
from accounts.social import NAMES, Identity, by_code, by_id_token, configured
from config.lib.api.views import PUBLIC, ApiView
from config.lib.errors import InvalidCredentials, InvalidToken, MfaRequired, NotFound


class SocialView(ApiView):
    authentication_classes = ()
    scopes = {"POST": PUBLIC}
    refusals = {
        "POST": (
            *(InvalidToken, InvalidCredentials, MfaRequired, NotFound),
            *(ConnectFirst, ConnectedElsewhere, EmailTaken, SignUpClosed),
        )
    }
    limit = "sign_in"
    limit_closed = True

    @extend_schema(
        operation_id="auth_social",
        parameters=[OpenApiParameter("provider", OpenApiTypes.STR, OpenApiParameter.PATH, enum=list(NAMES))],
        request=SocialBody,
        responses={200: SignedInSerializer, 201: SignedInSerializer},
        auth=[],
        tags=["auth"],
    )
    def post(self, request: Request, provider: str) -> Response:
        """Sign in with Google, Apple or Spotify; whoever has no account yet gets one (201).

        Google and Apple: an id_token made for our client. Spotify: an authorization code, which we exchange. Where the
        provider has verified an address that an account has already, that account must connect it first (409
        `CONNECT_FIRST`). A provider that is not configured is 404.
        """
        if provider not in configured():
            raise NotFound
        now, identity, about = timezone.now(), *self._read(request, provider)
        signed, is_new = log_in_or_join(actor=actor_of(request), identity=identity, now=now, **about)
        response = Response(signed_in_answer(signed), status=201 if is_new else 200)
        known_browsers.remember(response, email=signed.user.email, now=now)
        return response

    def _read(self, request: Request, provider: str) -> tuple[Identity, dict[str, str]]:
        """Who the provider says it is, and what a new account would be like."""
        serializer = SocialBody(data=request.data, context={"request": request, "provider": provider})
        serializer.is_valid(raise_exception=True)
        body = serializer.validated_data
        given = {name: body[name] for name in ("email", "name", "role", "time_zone", "language") if name in body}
        about = {"email": "", "language": language_here(), **given}
        if provider == "spotify":
            verifier, uri = body["code_verifier"], body["redirect_uri"]
            return by_code(request, provider=provider, code=body["code"], verifier=verifier, redirect_uri=uri), about
        return by_id_token(request, provider=provider, token=body["id_token"], nonce=body["nonce"]), about
