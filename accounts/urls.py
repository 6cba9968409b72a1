"""Account pages (under /accounts/): the language, and allauth's views behind our templates; its other addresses are not mounted.

What belongs to whoever is signed in is under /me/.
"""

from allauth.account import views
from allauth.mfa.base import views as mfa_views
from allauth.socialaccount import views as social_views
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView

from accounts.views import looking, moderation, privacy, sessions
from accounts.views.developers import developers, revoke_all_mine, revoke_mine
from accounts.views.email_addresses import keep_email, my_email, send_again
from accounts.views.language import set_language
from accounts.views.me import my_home, my_votes
from accounts.views.phones import my_phone
from accounts.views.pictures import Picture
from accounts.views.second_step import confirm_by_passkey, second_step, sign_in_by_passkey
from accounts.views.security import (
    add_app,
    add_passkey,
    my_security,
    recovery_codes,
    recovery_codes_file,
    remove_app,
    remove_passkey,
    rename_passkey,
    renew_recovery_codes,
)
from accounts.views.settings import my_settings
from accounts.views.signing_in import log_in, new_password
from accounts.views.social import (
    apple_back,
    apple_finish,
    connect_there,
    disconnect_it,
    google_back,
    sign_in_there,
    spotify_back,
)
from accounts.views.unlocking import unlock_account
from config.lib.api.converters import PUBLIC_ID

_account = [
    path("language/", set_language, name="set_language"),
    path("login/", log_in, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("signup/", views.signup, name="account_signup"),
    path("login/code/", second_step, name="mfa_authenticate"),
    path("login/passkey/", sign_in_by_passkey, name="mfa_login_webauthn"),
    path("confirm/", views.reauthenticate, name="account_reauthenticate"),
    path("confirm/code/", mfa_views.reauthenticate, name="mfa_reauthenticate"),
    path("confirm/passkey/", confirm_by_passkey, name="mfa_reauthenticate_webauthn"),
    path(f"erased/<{PUBLIC_ID}:public_id>/", privacy.erasure, name="erasure"),
    path("unlock/<str:code>/", unlock_account, name="account_unlock"),
    path("<slug:provider>/login/", sign_in_there, name="sign-in-there"),
    path("<slug:provider>/connect/", connect_there, name="connect-there"),
    path("<slug:provider>/disconnect/", disconnect_it, name="disconnect-it"),
    path("google/login/callback/", google_back, name="google_callback"),
    path("spotify/login/callback/", spotify_back, name="spotify_callback"),
    path("apple/login/callback/", apple_back, name="apple_callback"),
    path("apple/login/callback/finish/", apple_finish, name="apple_finish_callback"),
    path("social/signup/", social_views.signup, name="socialaccount_signup"),
    path("social/cancelled/", social_views.login_cancelled, name="socialaccount_login_cancelled"),
    path("social/error/", social_views.login_error, name="socialaccount_login_error"),
    path("social/", RedirectView.as_view(pattern_name="my-security"), name="socialaccount_connections"),
    path("email/", my_email, name="account_email"),
    path("email/again/", send_again, name="send-email-link"),
    path("email/keep/", keep_email, name="keep-email"),
    path("look/stop/", looking.stop, name="stop-looking"),
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
        new_password,
        name="account_reset_password_from_key",
    ),
]

_security: list[URLPattern] = [
    path("", my_security, name="my-security"),
    path("", my_security, name="mfa_index"),  # what allauth calls it
    path("app/", add_app, name="mfa_activate_totp"),
    path("app/remove/", remove_app, name="mfa_deactivate_totp"),
    path("codes/", recovery_codes, name="mfa_view_recovery_codes"),
    path("codes/file/", recovery_codes_file, name="mfa_download_recovery_codes"),
    path("codes/renew/", renew_recovery_codes, name="mfa_generate_recovery_codes"),
    path("passkeys/add/", add_passkey, name="mfa_add_webauthn"),
    path("passkeys/<slug:key>/rename/", rename_passkey, name="mfa_edit_webauthn"),
    path("passkeys/<slug:key>/remove/", remove_passkey, name="mfa_remove_webauthn"),
]

_developers: list[URLPattern] = [
    path("", developers, name="developers"),
    path("keys/revoke/", revoke_all_mine, name="revoke-keys"),
    path(f"keys/<{PUBLIC_ID}:public_id>/revoke/", revoke_mine, name="revoke-key"),
]

_sessions: list[URLPattern] = [
    path("", sessions.my_sessions, name="my-sessions"),
    path("others/end/", sessions.end_others, name="end-other-sessions"),
    path("all/end/", sessions.end_all, name="end-all-sessions"),
    path(f"<{PUBLIC_ID}:public_id>/end/", sessions.end_one, name="end-session"),
]

_me: list[URLPattern | URLResolver] = [
    path("", my_home, name="me"),
    path("votes/", my_votes, name="my-votes"),
    path("settings/", my_settings, name="my-settings"),
    path("settings/phone/", my_phone, name="my-phone"),
    path("privacy/", privacy.my_privacy, name="my-privacy"),
    path("privacy/erase/", privacy.erase_me, name="erase-me"),
    path(f"privacy/copies/<{PUBLIC_ID}:public_id>/", privacy.my_copy, name="my-copy"),
    path("moderation/", moderation.my_moderation, name="my-moderation"),
    path(f"moderation/<{PUBLIC_ID}:public_id>/", moderation.appeal, name="appeal"),
    path("security/", include(_security)),
    path("sessions/", include(_sessions)),
]

urlpatterns = [
    path("accounts/", include(_account)),
    path("developers/", include(_developers)),
    path("me/", include(_me)),
    path("report/thanks/", moderation.reported, name="reported"),
    path(f"report/<slug:kind>/<{PUBLIC_ID}:public_id>/", moderation.report, name="report"),
    path(f"uploads/<{PUBLIC_ID}:public_id>/<int:width>.webp", Picture.as_view(), name="picture"),
]
