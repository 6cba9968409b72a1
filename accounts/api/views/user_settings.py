"""Settings: known keys, one value each. Language and time zone are part of the profile."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import actor_of
from accounts.api.serializers.user_settings import SETTING, SETTINGS, SettingBody, setting_answer
from accounts.policies import signed_in
from accounts.services.user_settings import put_setting
from accounts.user_settings import registered, setting_named
from config.lib.api.views import ApiView


class SettingsView(ApiView):
    scopes = {"GET": "profile:read"}

    @extend_schema(operation_id="settings", responses={200: OpenApiResponse(SETTINGS)}, tags=["settings"])
    def get(self, request: Request) -> Response:
        """All that can be set, and what you have set it to."""
        user = signed_in(actor_of(request))
        return Response({key: setting_answer(setting, user) for key, setting in registered().items()})


class SettingView(ApiView):
    scopes = {"GET": "profile:read", "PUT": "profile:write"}

    @extend_schema(operation_id="settings_get", responses={200: OpenApiResponse(SETTING)}, tags=["settings"])
    def get(self, request: Request, key: str) -> Response:
        """One of them."""
        return Response(setting_answer(setting_named(key), signed_in(actor_of(request))))

    @extend_schema(
        operation_id="settings_put", request=SettingBody, responses={200: OpenApiResponse(SETTING)}, tags=["settings"]
    )
    def put(self, request: Request, key: str) -> Response:
        """Set it."""
        actor = actor_of(request)
        value = self.body(request, SettingBody)["value"]
        setting = put_setting(actor=actor, key=key, value=value, now=timezone.now())
        return Response(setting_answer(setting, signed_in(actor)))
