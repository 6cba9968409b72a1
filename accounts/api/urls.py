"""Account addresses of the API (under /api/v1/)."""

from django.urls import path

from accounts.api import document
from accounts.api.views import keys, profile, signing_in
from accounts.api.views.second_step import SecondStepView
from config.lib.api.converters import PUBLIC_ID

app_name = "accounts"
urlpatterns = [
    path("auth/signup", signing_in.SignUpView.as_view(), name="sign-up"),
    path("auth/login", signing_in.LogInView.as_view(), name="log-in"),
    path("auth/mfa", SecondStepView.as_view(), name="second-step"),
    path("auth/refresh", signing_in.RefreshView.as_view(), name="refresh"),
    path("auth/logout", signing_in.LogOutView.as_view(), name="log-out"),
    path("auth/profile", profile.ProfileView.as_view(), name="profile"),
    path("keys", keys.KeysView.as_view(), name="keys"),
    path(f"keys/<{PUBLIC_ID}:public_id>", keys.KeyView.as_view(), name="key"),
]
security_schemes = document.SCHEMES  # imported here: the document knows what has been imported
