"""The e-mail address: confirming it, and changing it."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import actor_of
from accounts.api.serializers.passwords import ChangeEmailBody, ConfirmEmailBody
from accounts.proofs import recently_proved
from accounts.services.email_addresses import ask_for_change, cancel_change, confirm_by_key, send_link_again
from accounts.services.proving import AccountLocked
from config.lib.api.views import PERSON, PUBLIC, ApiView
from config.lib.errors import LinkSpent


class ConfirmEmailView(ApiView):
    """Whoever has the key reads the mail: nobody else needs to be signed in."""

    authentication_classes = ()
    scopes = {"POST": PUBLIC}
    refusals = {"POST": (LinkSpent,)}
    limit = "sign_in"
    limit_closed = True

    @extend_schema(
        operation_id="auth_confirm_email", request=ConfirmEmailBody, responses={204: None}, auth=[], tags=["auth"]
    )
    def post(self, request: Request) -> Response:
        """Confirm an e-mail address by the key that was mailed to it. A new address replaces the old one from now on."""
        confirm_by_key(actor=actor_of(request), now=timezone.now(), **self.body(request, ConfirmEmailBody))
        return Response(status=204)


class SendLinkAgainView(ApiView):
    scopes = {"POST": PERSON}

    @extend_schema(operation_id="auth_send_confirmation", request=None, responses={204: None}, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Mail the key again to the address that waits for its confirmation, a few times an hour."""
        send_link_again(actor=actor_of(request))
        return Response(status=204)


class ChangeEmailView(ApiView):
    scopes = {"POST": PERSON, "DELETE": PERSON}
    refusals = {"POST": (AccountLocked,)}

    @extend_schema(operation_id="auth_change_email", request=ChangeEmailBody, responses={204: None}, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Mail a key to another address. Once it is confirmed there it replaces the present one, which is told.

        The answer is the same whether or not somebody else has the address. An account without a password gives none, and its
        session began a moment ago; a client's token does not do.
        """
        actor, recently, body = actor_of(request), recently_proved(request), self.body(request, ChangeEmailBody)
        ask_for_change(actor=actor, recently=recently, now=timezone.now(), **body)
        return Response(status=204)

    @extend_schema(operation_id="auth_keep_email", responses={204: None}, tags=["auth"])
    def delete(self, request: Request) -> Response:
        """Keep the present address: the key that was mailed to another one works no more."""
        cancel_change(actor=actor_of(request), now=timezone.now())
        return Response(status=204)
