"""Users, platform settings and jobs, for admins and their programs. Looking at the site as somebody is not offered here."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor, actor_of
from accounts.api.serializers.administration import (
    JOBS,
    PLATFORM_SETTING,
    WORKERS,
    AdminUserSerializer,
    PlatformSettingBody,
    PlatformSettingChangeSerializer,
    ReasonBody,
    RevertBody,
    RoleBody,
    SuspendBody,
    UserFilters,
    platform_setting_answer,
    queue_answer,
    section_answer,
    tick_answer,
    worker_answer,
)
from accounts.broker import workers
from accounts.job_sections import section_named
from accounts.jobs_page import jobs_page
from accounts.models import PlatformSetting, PlatformSettingChange, User
from accounts.platform_settings import registered, setting_named
from accounts.policies import require_admin
from accounts.services.platform_settings import put_platform_setting, revert_platform_setting
from accounts.services.roles import LastAdmin, NotYourself, change_role
from accounts.services.sessions import force_sign_out
from accounts.services.suspending import AlreadySuspended, NotSuspended, restore, suspend
from accounts.users_found import found
from config.lib.api.etags import expected_version
from config.lib.api.views import ApiView
from config.lib.errors import Forbidden, NotFound, Refusal, StaleVersion, Unavailable, ValidationError

_USERS: Final = "admin:users"
_SETTINGS: Final = "admin:settings"
_JOBS: Final = "admin:jobs"


def _admin(request: Request) -> Actor:
    actor = actor_of(request)
    require_admin(actor)
    return actor


def _user(public_id: str) -> User:
    user = User.objects.filter(public_id=public_id).first()
    if user is None:
        raise NotFound
    return user


class UsersView(ApiView):
    scopes = {"GET": _USERS}
    refusals = {"GET": (ValidationError, Forbidden)}

    @extend_schema(
        operation_id="admin_users",
        parameters=[UserFilters],
        responses=AdminUserSerializer(many=True),
        tags=["admin"],
    )
    def get(self, request: Request) -> Response:
        """Accounts, the newest first."""
        _admin(request)
        filters = UserFilters(data=request.query_params.dict())
        filters.is_valid(raise_exception=True)
        asked = filters.validated_data
        users = found(User.objects.all(), asked.get("q", ""))
        if "role" in asked:
            users = users.filter(role=asked["role"])
        if asked["active"] is not None:
            users = users.filter(is_active=asked["active"])
        if asked["two_steps"] is not None:
            users = users.filter(second_factor_at__isnull=not asked["two_steps"])
        return self.page(request, users, AdminUserSerializer, ordering="-id")


class UserView(ApiView):
    scopes = {"GET": _USERS}
    refusals = {"GET": (Forbidden, NotFound)}

    @extend_schema(operation_id="admin_user", responses=AdminUserSerializer, tags=["admin"])
    def get(self, request: Request, public_id: str) -> Response:
        """One account."""
        _admin(request)
        return Response(AdminUserSerializer(_user(public_id)).data)


class _UserActView(ApiView):
    """Something done to an account, with a reason; answers the account as it is then."""

    scopes = {"POST": _USERS}

    def service(self, actor: Actor, user: User, data: Mapping[str, Any]) -> object:
        raise NotImplementedError

    def _done(self, request: Request, public_id: str, body: Any) -> Response:
        actor, user = _admin(request), _user(public_id)
        self.service(actor, user, self.body(request, body))
        return Response(AdminUserSerializer(_user(public_id)).data)


_REFUSED: Final[tuple[type[Refusal], ...]] = (Forbidden, NotFound, ValidationError, NotYourself, LastAdmin)


class SuspendView(_UserActView):
    refusals = {"POST": (*_REFUSED, AlreadySuspended)}

    def service(self, actor: Actor, user: User, data: Mapping[str, Any]) -> object:
        return suspend(actor=actor, user=user, reason=data["reason"], until=data["until"], now=timezone.now())

    @extend_schema(
        operation_id="admin_user_suspend", request=SuspendBody, responses=AdminUserSerializer, tags=["admin"]
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Let nobody use this account, until a time or for good. Everything it is signed in with ends at once."""
        return self._done(request, public_id, SuspendBody)


class RestoreView(_UserActView):
    refusals = {"POST": (*_REFUSED, NotSuspended)}

    def service(self, actor: Actor, user: User, data: Mapping[str, Any]) -> object:
        return restore(actor=actor, user=user, why=data["reason"], now=timezone.now())

    @extend_schema(operation_id="admin_user_restore", request=ReasonBody, responses=AdminUserSerializer, tags=["admin"])
    def post(self, request: Request, public_id: str) -> Response:
        """Let a suspended account be used again."""
        return self._done(request, public_id, ReasonBody)


class RoleView(_UserActView):
    refusals = {"POST": _REFUSED}

    def service(self, actor: Actor, user: User, data: Mapping[str, Any]) -> object:
        return change_role(actor=actor, user=user, role=data["role"], why=data["reason"], now=timezone.now())

    @extend_schema(operation_id="admin_user_role", request=RoleBody, responses=AdminUserSerializer, tags=["admin"])
    def post(self, request: Request, public_id: str) -> Response:
        """Give somebody another role."""
        return self._done(request, public_id, RoleBody)


class SignOutView(_UserActView):
    refusals = {"POST": _REFUSED}

    def service(self, actor: Actor, user: User, data: Mapping[str, Any]) -> object:
        return force_sign_out(actor=actor, user=user, why=data["reason"], now=timezone.now())

    @extend_schema(
        operation_id="admin_user_sign_out", request=ReasonBody, responses=AdminUserSerializer, tags=["admin"]
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Sign somebody out of every browser and app."""
        return self._done(request, public_id, ReasonBody)


class PlatformSettingsView(ApiView):
    scopes = {"GET": _SETTINGS}
    refusals = {"GET": (Forbidden,)}

    @extend_schema(
        operation_id="admin_settings",
        responses={200: OpenApiResponse({"type": "object", "additionalProperties": PLATFORM_SETTING})},
        tags=["admin"],
    )
    def get(self, request: Request) -> Response:
        """All that holds for the whole platform."""
        _admin(request)
        rows = {row.key: row for row in PlatformSetting.objects.all()}
        answers = {key: platform_setting_answer(setting, rows.get(key)) for key, setting in registered().items()}
        return Response(answers)


class PlatformSettingView(ApiView):
    scopes = {"GET": _SETTINGS, "PUT": _SETTINGS}
    refusals = {"GET": (Forbidden, NotFound), "PUT": (Forbidden, NotFound, ValidationError, StaleVersion)}

    @extend_schema(
        operation_id="admin_settings_get", responses={200: OpenApiResponse(PLATFORM_SETTING)}, tags=["admin"]
    )
    def get(self, request: Request, key: str) -> Response:
        """One of them."""
        _admin(request)
        setting = setting_named(key)
        return self._answer(
            request, key, platform_setting_answer(setting, PlatformSetting.objects.filter(key=key).first())
        )

    @extend_schema(
        operation_id="admin_settings_put",
        request=PlatformSettingBody,
        responses={200: OpenApiResponse(PLATFORM_SETTING)},
        tags=["admin"],
    )
    def put(self, request: Request, key: str) -> Response:
        """Set it; it holds everywhere within two seconds."""
        actor, setting = _admin(request), setting_named(key)
        version = expected_version(request, key)
        body = self.body(request, PlatformSettingBody)
        row = put_platform_setting(
            actor=actor,
            key=key,
            value=body["value"],
            reason=body["reason"],
            expected_version=version,
            now=timezone.now(),
        )
        return self._answer(request, key, platform_setting_answer(setting, row))

    def _answer(self, request: Request, key: str, answer: dict[str, Any]) -> Response:
        return self.resource(request, answer, public_id=key, version=answer["version"])


class PlatformSettingHistoryView(ApiView):
    scopes = {"GET": _SETTINGS, "POST": _SETTINGS}
    refusals = {"GET": (Forbidden, NotFound), "POST": (Forbidden, NotFound, ValidationError)}

    @extend_schema(
        operation_id="admin_settings_history", responses=PlatformSettingChangeSerializer(many=True), tags=["admin"]
    )
    def get(self, request: Request, key: str) -> Response:
        """What it was set to, the newest first."""
        _admin(request)
        changes = PlatformSettingChange.objects.filter(setting__key=setting_named(key).key)
        return self.page(request, changes, PlatformSettingChangeSerializer, ordering="-id")

    @extend_schema(
        operation_id="admin_settings_revert",
        request=RevertBody,
        responses={200: OpenApiResponse(PLATFORM_SETTING)},
        tags=["admin"],
    )
    def post(self, request: Request, key: str) -> Response:
        """Set it to what it was by an earlier change."""
        actor, setting = _admin(request), setting_named(key)
        body = self.body(request, RevertBody)
        row = revert_platform_setting(
            actor=actor, key=key, version=body["version"], reason=body["reason"], now=timezone.now()
        )
        return Response(platform_setting_answer(setting, row))


class JobsView(ApiView):
    scopes = {"GET": _JOBS}
    refusals = {"GET": (Forbidden,)}

    @extend_schema(operation_id="admin_jobs", responses={200: OpenApiResponse(JOBS)}, tags=["admin"])
    def get(self, request: Request) -> Response:
        """What waits, runs, is late or has failed."""
        _admin(request)
        now = timezone.now()
        page = jobs_page(now=now)
        return Response(
            {
                "queues": None if page.queues is None else [queue_answer(each) for each in page.queues],
                "sections": [section_answer(each.section, now) for each in page.sections],
                "clock": [tick_answer(each) for each in page.ticks],
            }
        )


class WorkersView(ApiView):
    scopes = {"GET": _JOBS}
    refusals = {"GET": (Forbidden, Unavailable)}

    @extend_schema(operation_id="admin_workers", responses={200: OpenApiResponse(WORKERS)}, tags=["admin"])
    def get(self, request: Request) -> Response:
        """The workers that answer within a second, and what they run."""
        _admin(request)
        return Response([worker_answer(each) for each in workers()])


class RedriveView(ApiView):
    scopes = {"POST": _JOBS}
    refusals = {"POST": (Forbidden, NotFound)}

    @extend_schema(operation_id="admin_jobs_redrive", request=None, responses={204: None}, tags=["admin"])
    def post(self, request: Request, key: str, public_id: str) -> Response:
        """Start once more what has failed."""
        actor, section = _admin(request), section_named(key)
        if section.redrive is None:
            raise NotFound
        section.redrive(actor, public_id, timezone.now())
        return Response(status=204)
