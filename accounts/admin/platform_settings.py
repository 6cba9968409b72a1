"""The console's pages of what holds for the whole platform, for admins."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.actors import Actor, Via, actor_of
from accounts.console.site import ConsoleSite
from accounts.forms.administration import WhyForm
from accounts.forms.platform_settings import SettingForm, initial_of
from accounts.models import PlatformSetting
from accounts.platform_settings import Setting, registered
from accounts.policies import sees_everything
from accounts.services.platform_settings import put_platform_setting, revert_platform_setting
from accounts.settings_page import changes_of, line_of, lines
from config.lib.errors import Refusal


def _admin(request: HttpRequest) -> Actor:
    actor = actor_of(request, Via.ADMIN)
    if not sees_everything(actor):
        raise PermissionDenied
    return actor


@require_safe
def platform(request: HttpRequest) -> HttpResponse:
    """`/admin/settings/`: every setting with what it is set to."""
    _admin(request)
    return _page(request, "settings", _("Settings"), groups=lines())


def platform_setting(request: HttpRequest, key: str) -> HttpResponse:
    """`/admin/settings/<key>/`: one of them, to be set, with all it was set to."""
    actor, setting = _admin(request), _named(key)
    row = PlatformSetting.objects.filter(key=key).first()
    value = row.value if row is not None and row.value is not None else setting.default()
    initial = {**initial_of(setting, value), "version": row.version if row else 0}
    form = SettingForm(setting, request.POST if request.method == "POST" else None, initial=initial)
    refusal: Refusal | None = None
    if form.is_valid():
        data = form.cleaned_data
        try:
            put_platform_setting(
                actor=actor,
                key=key,
                value=form.value(),
                reason=data["reason"],
                expected_version=data["version"],
                now=timezone.now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            return _saved(request, key)
    return _setting_page(request, setting, row, form, refusal)


def platform_setting_revert(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """`/admin/settings/<key>/back/<version>/`: asks why, and sets it to what it was; 0 is what the environment says."""
    actor, setting = _admin(request), _named(key)
    form = WhyForm(request.POST if request.method == "POST" else None)
    refusal: Refusal | None = None
    if form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            revert_platform_setting(actor=actor, key=key, version=version, reason=reason, now=timezone.now())
        except Refusal as refused:
            refusal = refused
        else:
            return _saved(request, key)
    then = next((change.value for change in changes_of(setting) if change.version == version), None)
    if version and then is None:
        raise Http404
    line = line_of(setting, None)
    return _page(
        request, "setting_back", setting.label, setting=setting, then=then or line.default, form=form, refusal=refusal
    )


def _named(key: str) -> Setting:
    if key not in registered():
        raise Http404
    return registered()[key]


def _saved(request: HttpRequest, key: str) -> HttpResponse:
    messages.success(request, _("Set. It holds everywhere within two seconds."))
    return redirect("admin:platform-setting", key)


def _setting_page(
    request: HttpRequest, setting: Setting, row: PlatformSetting | None, form: SettingForm, refusal: Refusal | None
) -> HttpResponse:
    line, changes = line_of(setting, row), changes_of(setting)
    return _page(request, "setting", setting.label, line=line, changes=changes, form=form, refusal=refusal)


def _page(request: HttpRequest, name: str, title: Any, **context: Any) -> TemplateResponse:
    refusal: Refusal | None = context.get("refusal")
    whole = {**admin.site.each_context(request), "title": title, "subtitle": None, **context}
    status = refusal.status if refusal else 200
    return TemplateResponse(request, f"admin/accounts/platform/{name}.html", whole, status=status)


_console = cast(ConsoleSite, admin.site)
_console.add_page("settings/", platform, "platform-settings")
_console.add_page("settings/<slug:key>/", platform_setting, "platform-setting")
_console.add_page("settings/<slug:key>/back/<int:version>/", platform_setting_revert, "platform-setting-revert")
