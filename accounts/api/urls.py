"""Account addresses of the API (under /api/v1/)."""

from django.urls import path

from accounts.api import document, views

app_name = "accounts"
urlpatterns = [
    path("auth/signup", views.SignUpView.as_view(), name="sign-up"),
    path("auth/login", views.LogInView.as_view(), name="log-in"),
    path("auth/refresh", views.RefreshView.as_view(), name="refresh"),
    path("auth/logout", views.LogOutView.as_view(), name="log-out"),
    path("auth/profile", views.ProfileView.as_view(), name="profile"),
]
security_schemes = document.SCHEMES  # imported here: the document knows what has been imported
