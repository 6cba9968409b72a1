"""Account addresses of the API (under /api/v1/)."""

from django.urls import path

from accounts.api import document
from accounts.api.views import (
    administration,
    analytics,
    keys,
    moderation,
    phones,
    privacy,
    profile,
    sessions,
    signing_in,
    uploads,
    user_settings,
)
from accounts.api.views.email_addresses import ChangeEmailView, ConfirmEmailView, SendLinkAgainView
from accounts.api.views.passwords import ChangePasswordView, NewPasswordView, ResetView
from accounts.api.views.second_step import SecondStepView
from accounts.api.views.social import SocialView
from config.lib.api.converters import PUBLIC_ID

app_name = "accounts"
urlpatterns = [
    path("auth/signup", signing_in.SignUpView.as_view(), name="sign-up"),
    path("auth/login", signing_in.LogInView.as_view(), name="log-in"),
    path("auth/mfa", SecondStepView.as_view(), name="second-step"),
    path("auth/refresh", signing_in.RefreshView.as_view(), name="refresh"),
    path("auth/logout", signing_in.LogOutView.as_view(), name="log-out"),
    path("auth/sessions", sessions.SessionsView.as_view(), name="sessions"),
    path(f"auth/sessions/<{PUBLIC_ID}:public_id>", sessions.SessionView.as_view(), name="session"),
    path("auth/password/reset", ResetView.as_view(), name="reset-password"),
    path("auth/password/reset/confirm", NewPasswordView.as_view(), name="new-password"),
    path("auth/password/change", ChangePasswordView.as_view(), name="change-password"),
    path("auth/email/verify", ConfirmEmailView.as_view(), name="confirm-email"),
    path("auth/email/verify/resend", SendLinkAgainView.as_view(), name="send-link-again"),
    path("auth/email/change", ChangeEmailView.as_view(), name="change-email"),
    path("auth/social/<slug:provider>", SocialView.as_view(), name="social"),
    path("auth/profile", profile.ProfileView.as_view(), name="profile"),
    path("auth/phone/verify", phones.PhoneVerifyView.as_view(), name="verify-phone"),
    path("settings", user_settings.SettingsView.as_view(), name="settings"),
    path("settings/<slug:key>", user_settings.SettingView.as_view(), name="setting"),
    path("uploads", uploads.UploadsView.as_view(), name="uploads"),
    path("uploads/<public_id:upload_id>", uploads.UploadView.as_view(), name="upload"),
    path("privacy/export", privacy.RequestExportView.as_view(), name="exports"),
    path(f"privacy/exports/<{PUBLIC_ID}:public_id>", privacy.ExportView.as_view(), name="export"),
    path(f"privacy/exports/<{PUBLIC_ID}:public_id>/file", privacy.ExportFileView.as_view(), name="export-file"),
    path("privacy/erase", privacy.EraseView.as_view(), name="erase"),
    path(f"privacy/erasures/<{PUBLIC_ID}:public_id>", privacy.ErasureView.as_view(), name="erasure"),
    path("keys", keys.KeysView.as_view(), name="keys"),
    path(f"keys/<{PUBLIC_ID}:public_id>", keys.KeyView.as_view(), name="key"),
    path("reports", moderation.ReportsView.as_view(), name="reports"),
    path("decisions", moderation.DecisionsView.as_view(), name="decisions"),
    path(f"decisions/<{PUBLIC_ID}:public_id>/appeal", moderation.AppealView.as_view(), name="appeal"),
    path("admin/moderation", moderation.CasesView.as_view(), name="admin-moderation"),
    path(f"admin/moderation/<{PUBLIC_ID}:public_id>", moderation.CaseView.as_view(), name="admin-case"),
    path(f"admin/moderation/<{PUBLIC_ID}:public_id>/decisions", moderation.DecideView.as_view(), name="admin-decide"),
    path(f"admin/moderation/<{PUBLIC_ID}:public_id>/answer", moderation.AnswerView.as_view(), name="admin-answer"),
    path("admin/users", administration.UsersView.as_view(), name="admin-users"),
    path(f"admin/users/<{PUBLIC_ID}:public_id>", administration.UserView.as_view(), name="admin-user"),
    path(f"admin/users/<{PUBLIC_ID}:public_id>/suspend", administration.SuspendView.as_view(), name="admin-suspend"),
    path(f"admin/users/<{PUBLIC_ID}:public_id>/restore", administration.RestoreView.as_view(), name="admin-restore"),
    path(f"admin/users/<{PUBLIC_ID}:public_id>/role", administration.RoleView.as_view(), name="admin-role"),
    path(f"admin/users/<{PUBLIC_ID}:public_id>/sign-out", administration.SignOutView.as_view(), name="admin-sign-out"),
    path("admin/settings", administration.PlatformSettingsView.as_view(), name="admin-settings"),
    path("admin/settings/<slug:key>", administration.PlatformSettingView.as_view(), name="admin-setting"),
    path(
        "admin/settings/<slug:key>/history",
        administration.PlatformSettingHistoryView.as_view(),
        name="admin-setting-history",
    ),
    path("admin/jobs", administration.JobsView.as_view(), name="admin-jobs"),
    path("admin/jobs/workers", administration.WorkersView.as_view(), name="admin-workers"),
    path(
        f"admin/jobs/<slug:key>/<{PUBLIC_ID}:public_id>/redrive",
        administration.RedriveView.as_view(),
        name="admin-redrive",
    ),
    path("admin/analytics", analytics.AnalyticsView.as_view(), name="admin-analytics"),
]
security_schemes = document.SCHEMES  # imported here: the document knows what has been imported
