"""Where the account is signed in."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import actor_of, here_of
from accounts.api.serializers.sessions import SessionSerializer
from accounts.policies import require_person
from accounts.services.sessions import sign_out_everywhere, sign_out_of
from accounts.sign_ins import ORDERING, sign_ins_of
from config.lib.api.views import PERSON, ApiView


class SessionsView(ApiView):
    scopes = {"GET": PERSON, "DELETE": PERSON}

    @extend_schema(operation_id="auth_sessions", responses=SessionSerializer(many=True), tags=["auth"])
    def get(self, request: Request) -> Response:
        """Browsers and apps, the last seen first."""
        rows = sign_ins_of(require_person(actor_of(request)), now=timezone.now())
        return self.page(request, rows, SessionSerializer, ordering=",".join(ORDERING))

    @extend_schema(operation_id="auth_end_other_sessions", responses={204: None}, tags=["auth"])
    def delete(self, request: Request) -> Response:
        """Sign out of everything but what this request is signed in with."""
        sign_out_everywhere(actor=actor_of(request), keep=here_of(request), now=timezone.now())
        return Response(status=204)


class SessionView(ApiView):
    scopes = {"DELETE": PERSON}

    @extend_schema(operation_id="auth_end_session", responses={204: None}, tags=["auth"])
    def delete(self, request: Request, public_id: str) -> Response:
        """Sign one browser or app out; it may be this one. Its tokens are refused from then on."""
        sign_out_of(actor=actor_of(request), public_id=public_id, now=timezone.now())
        return Response(status=204)
