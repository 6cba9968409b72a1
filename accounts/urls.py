"""Account pages (under /accounts/): the language, and allauth's views behind our templates; its other addresses are not mounted.

What belongs to whoever is signed in is under /me/.
"""

from allauth.account import views
from django.urls import URLPattern, include, path, re_path

from accounts.views.language import set_language
from accounts.views.me import my_home, my_votes
from accounts.views.settings import my_settings

_account = [
    path("language/", set_language, name="set_language"),
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("signup/", views.signup, name="account_signup"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("confirm-email/", views.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", views.confirm_email, name="account_confirm_email"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]

_me: list[URLPattern] = [
    path("", my_home, name="me"),
    path("votes/", my_votes, name="my-votes"),
    path("settings/", my_settings, name="my-settings"),
]

urlpatterns = [path("accounts/", include(_account)), path("me/", include(_me))]
