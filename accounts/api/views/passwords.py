"""Passwords: forgotten, and changed."""

from django.contrib.auth import update_session_auth_hash
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import known_browsers
from accounts.actors import Credential, actor_of
from accounts.api.serializers.passwords import ChangePasswordBody, NewPasswordBody, ResetBody
from accounts.services.notices import notify
from accounts.services.passwords import change_password
from accounts.services.proving import AccountLocked
from accounts.services.resetting import ask_for_reset, reset_password
from config.lib.api.views import PERSON, PUBLIC, ApiView
from config.lib.errors import LinkSpent


class ResetView(ApiView):
    authentication_classes = ()
    scopes = {"POST": PUBLIC}
    limit = "sign_in"
    limit_closed = True

    @extend_schema(operation_id="auth_reset_password", request=ResetBody, responses={204: None}, auth=[], tags=["auth"])
    def post(self, request: Request) -> Response:
        """Have a link mailed that sets a new password.

        The answer is the same whether or not the e-mail has an account. A few mails an hour are sent to one address.
        """
        ask_for_reset(email=self.body(request, ResetBody)["email"])
        return Response(status=204)


class NewPasswordView(ApiView):
    authentication_classes = ()
    scopes = {"POST": PUBLIC}
    refusals = {"POST": (LinkSpent,)}
    limit = "sign_in"
    limit_closed = True

    @extend_schema(
        operation_id="auth_set_new_password", request=NewPasswordBody, responses={204: None}, auth=[], tags=["auth"]
    )
    def post(self, request: Request) -> Response:
        """Set a new password by the key in the mail, which is good for this once; every client and browser is signed out."""
        now = timezone.now()
        user = reset_password(actor=actor_of(request), now=now, **self.body(request, NewPasswordBody))
        response = Response(status=204)
        known_browsers.remember(response, email=user.email, now=now)
        return response


class ChangePasswordView(ApiView):
    scopes = {"POST": PERSON}
    refusals = {"POST": (AccountLocked,)}

    @extend_schema(
        operation_id="auth_change_password", request=ChangePasswordBody, responses={204: None}, tags=["auth"]
    )
    def post(self, request: Request) -> Response:
        """Change the password, by whoever knows the present one. All other clients and browsers are signed out."""
        actor, now, body = actor_of(request), timezone.now(), self.body(request, ChangePasswordBody)
        user = change_password(
            actor=actor, old=body["old_password"], password=body["password"], keep=actor.here, now=now
        )
        notify(actor=actor, user=user, template="password_changed", now=now)
        if isinstance(request.auth, Credential) and request.auth.family_id is None:
            update_session_auth_hash(request, user)  # this browser stays
        return Response(status=204)
