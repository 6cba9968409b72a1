"""Every setting of Fanfare, read from the environment; `docs/configuration.md` explains each variable.

Secure unless told otherwise: with DEBUG off, a missing secret stops the start with a sentence that says which.
"""

import logging
from pathlib import Path
from typing import Any

import environs
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import allauth_limits, api_settings, console_theme, content_security, limits, schedule, social_providers
from config.embedded import paths
from config.lib.logging import logging_config

env = environs.Env()
BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env.bool("DEBUG", False)


def required(name: str, in_development: str) -> str:
    """The variable's value; in development a fixed stand-in. Stops the start otherwise."""
    value = env.str(name, in_development if DEBUG else "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. Set it, or set DEBUG=1 for development.")
    return value


# --- Identity, addresses, secrets -------------------------------------------------------------------------------------

FANFARE_KEYS = required("FANFARE_KEYS", "fanfare-development-key").split(",")
SUPPRESSION_KEY = required("SUPPRESSION_KEY", "fanfare-development-suppression-key")  # never changes, see its document
SECRET_KEY = required("SECRET_KEY", "fanfare-development-secret-key-that-is-long-but-not-secret-at-all")
PORT = env.int("PORT", 8000)
PUBLIC_URL = required("PUBLIC_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"] if DEBUG else [])
CSRF_FAILURE_VIEW = "config.error_pages.csrf_failure"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [PUBLIC_URL])
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
CORS_ALLOWED_ORIGINS: list[str] = env.list("CORS_ALLOWED_ORIGINS", [])
CORS_URLS_REGEX = r"^/api/"
METRICS_TOKEN = env.str("METRICS_TOKEN", "")

# --- Applications -----------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "campaigns",
    "voting",
    "events",
    "artists",
    "messaging",
    "accounts",
    "config",
    "unfold.apps.BasicAppConfig",  # not its own site: ours is named in ConsoleConfig
    "accounts.apps.ConsoleConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "servestatic.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.apple",
    "allauth.socialaccount.providers.spotify",
    "allauth.mfa",
    "anymail",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "corsheaders",
    "csp",
    "django_htmx",
    "django_prometheus",
    "django_structlog",
    "channels",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "config.lib.request_log.RequestLog",
    "config.lib.turns.InTurn",
    "config.lib.private_pages.PrivatePages",
    "corsheaders.middleware.CorsMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.lib.request_limits.RequestLimits",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.SignedInMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS for subdomains and
    "security.W021",  # preload are the domain owner's promise, so each is a setting, off until it is made
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ]
        },
    }
]

# --- PostgreSQL and Redis ---------------------------------------------------------------------------------------------

DATABASE_URL = required("DATABASE_URL", paths.database_url())
REDIS_URL = required("REDIS_URL", paths.redis_url())
DATABASE_POOL: dict[str, Any] = {
    "min_size": 1,
    "max_size": env.int("DATABASE_POOL_SIZE", 20),
    "max_idle": env.int("DATABASE_POOL_IDLE_SECONDS", 30),
    "timeout": env.int("DATABASE_POOL_TIMEOUT_SECONDS", 10),
}
DATABASES: dict[str, Any] = {"default": environs.Env().dj_db_url("DATABASE_URL", DATABASE_URL)}
DATABASES["default"].update(
    CONN_MAX_AGE=0,  # the pool keeps connections, Django must not
    CONN_HEALTH_CHECKS=True,
    DISABLE_SERVER_SIDE_CURSORS=True,  # PgBouncer in transaction mode; exports name their cursor inside a transaction
)
DATABASES["default"].setdefault("OPTIONS", {}).update(
    pool=DATABASE_POOL, connect_timeout=env.int("DATABASE_CONNECT_TIMEOUT_SECONDS", 2), prepare_threshold=None
)
# Of the edge's own connections. Needs a direct connection, or PgBouncer 1.22 with max_prepared_statements above zero.
DATABASE_PREPARED_STATEMENTS = env.bool("DATABASE_PREPARED_STATEMENTS", True)
if sslmode := env.str("DATABASE_SSLMODE", ""):
    DATABASES["default"]["OPTIONS"]["sslmode"] = sslmode

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 1},
    },
    "sessions": {
        "BACKEND": "config.lib.session_cache.SessionCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "sessions",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 1},
    },
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": "channels"},
    }
}
SESSION_ENGINE = "accounts.session_store"
SESSION_CACHE_ALIAS = "sessions"

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 120
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = schedule.every_tick(development=DEBUG)

# --- People: accounts, languages, messages ----------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.MaximumLengthValidator"},
]
BREACHED_PASSWORDS_URL = env.str("BREACHED_PASSWORDS_URL", "" if DEBUG else "https://api.pwnedpasswords.com/range/")
PWNED_PASSWORDS = {"API_TIMEOUT": 1.0}
if BREACHED_PASSWORDS_URL:
    AUTH_PASSWORD_VALIDATORS.append({"NAME": "accounts.breached_passwords.BreachedPasswordValidator"})
LOGIN_REDIRECT_URL = "me"
LOGIN_URL = "account_login"

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "login": "accounts.forms.signing_in.LogInForm",
    "signup": "accounts.forms.signing_in.SignUpForm",
    "reset_password": "accounts.forms.signing_in.ResetForm",
    "reauthenticate": "accounts.forms.second_factor.ConfirmByPasswordForm",
    "reset_password_from_key": "accounts.forms.signing_in.ResetKeyForm",
    "change_password": "accounts.forms.signing_in.ChangeForm",
    "set_password": "accounts.forms.signing_in.SetForm",
}
ACCOUNT_EMAIL_VERIFICATION = (
    "mandatory"  # on pages, so that sign-up can stay silent; API accounts are limited until then
)
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # only in the browser that signed up
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900  # seconds in which whoever has just shown who they are is not asked again

MFA_ADAPTER = "accounts.mfa_adapter.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a device that was taken from its owner opens nothing
MFA_FORMS = {
    "authenticate": "accounts.forms.second_factor.CodeForm",
    "authenticate_webauthn": "accounts.forms.second_factor.SecondStepByPasskeyForm",
    "reauthenticate": "accounts.forms.second_factor.ConfirmByCodeForm",
    "reauthenticate_webauthn": "accounts.forms.second_factor.ConfirmByPasskeyForm",
    "login_webauthn": "accounts.forms.second_factor.PasskeyForm",
}
# Which roles work with two-step sign-in alone: without it such an account is a fan's. None in development.
MFA_REQUIRED_ROLES = frozenset(
    role.strip() for role in env.list("MFA_REQUIRED_ROLES", [] if DEBUG else ["organizer", "admin"])
)

ACCOUNT_CHANGE_EMAIL = True  # one address per account; a new one replaces it once it is confirmed
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105  # the name of a class

SOCIALACCOUNT_ADAPTER = "accounts.social_adapter.SocialAdapter"
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True  # to connect or disconnect one
SOCIALACCOUNT_FORMS = {"signup": "accounts.forms.social.CompleteForm"}
SOCIALACCOUNT_PROVIDERS = social_providers.configured(
    {
        "GOOGLE_CLIENT_ID": env.str("GOOGLE_CLIENT_ID", ""),
        "GOOGLE_CLIENT_SECRET": env.str("GOOGLE_CLIENT_SECRET", ""),
        "APPLE_CLIENT_ID": env.str("APPLE_CLIENT_ID", ""),
        "APPLE_TEAM_ID": env.str("APPLE_TEAM_ID", ""),
        "APPLE_KEY_ID": env.str("APPLE_KEY_ID", ""),
        "APPLE_PRIVATE_KEY": env.str("APPLE_PRIVATE_KEY", ""),
        "SPOTIFY_CLIENT_ID": env.str("SPOTIFY_CLIENT_ID", ""),
        "SPOTIFY_CLIENT_SECRET": env.str("SPOTIFY_CLIENT_SECRET", ""),
    }
)

SIGN_IN_FAILURES = env.int("SIGN_IN_FAILURES", 10)
SIGN_IN_LOCK_SECONDS = env.int("SIGN_IN_LOCK_SECONDS", 60)
SIGN_IN_LOCK_MOST_SECONDS = env.int("SIGN_IN_LOCK_MOST_SECONDS", 3_600)
SIGN_IN_FORGET_SECONDS = env.int("SIGN_IN_FORGET_SECONDS", 86_400)
KNOWN_BROWSER_DAYS = env.int("KNOWN_BROWSER_DAYS", 180)

SESSION_IDLE_HOURS = env.int("SESSION_IDLE_HOURS", 336)
SESSION_ABSOLUTE_DAYS = env.int("SESSION_ABSOLUTE_DAYS", 90)
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_DAYS * 86_400  # of the cookie; what ends a session is its row
ACCESS_TOKEN_SECONDS = env.int("ACCESS_TOKEN_SECONDS", 600)
REFRESH_IDLE_DAYS = env.int("REFRESH_IDLE_DAYS", 30)
API_KEYS_PER_USER = env.int("API_KEYS_PER_USER", 20)
REFRESH_ABSOLUTE_DAYS = env.int("REFRESH_ABSOLUTE_DAYS", 180)

# How long what is kept, in days; docs/privacy.md has the whole table.
EXPORT_DAYS = env.int("EXPORT_DAYS", 7)
EXPORTS_PER_DAY = env.int("EXPORTS_PER_DAY", 3)
RETENTION_CLIENTS_DAYS = env.int("RETENTION_CLIENTS_DAYS", 90)
RETENTION_ANALYTICS_DAYS = env.int("RETENTION_ANALYTICS_DAYS", 400)  # whole months
ANALYTICS_URL: str = env.str("ANALYTICS_URL", "")
ANALYTICS_SECRET: str = required("ANALYTICS_SECRET", "fanfare-development-analytics") if ANALYTICS_URL else ""
RETENTION_MODERATION_DAYS = env.int("RETENTION_MODERATION_DAYS", 365)
RETENTION_DEVICES_DAYS = env.int("RETENTION_DEVICES_DAYS", 365)
RETENTION_AUDIT_DAYS = env.int("RETENTION_AUDIT_DAYS", 365)
RETENTION_TEXTS_DAYS = env.int("RETENTION_TEXTS_DAYS", 730)
RETENTION_REPORTS_DAYS = env.int("RETENTION_REPORTS_DAYS", 90)
RETENTION_JOBS_DAYS = env.int("RETENTION_JOBS_DAYS", 14)
RETENTION_IMPORTS_DAYS = env.int("RETENTION_IMPORTS_DAYS", 7)

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "config.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

EMAIL_BACKEND = "messaging.email_backend.OutboxBackend"
TEXT_BACKEND = "messaging.text_backend.OutboxTexts"  # what accounts.texting.TextBackend describes
EMAIL_PROVIDER_BACKEND = env.str("EMAIL_PROVIDER_BACKEND", "")
EMAIL_PROVIDER = "mail_backend" if EMAIL_PROVIDER_BACKEND else "local_mailbox" if DEBUG else ""
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Fanfare <hello@fanfare.test>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
ANYMAIL: Any = env.json("ANYMAIL", {})

TWILIO_ACCOUNT_SID = env.str("TWILIO_ACCOUNT_SID", "")
TWILIO_AUTH_TOKENS = required("TWILIO_AUTH_TOKEN", "fanfare-dev-token").split(",")
TWILIO_API_URL = env.str("TWILIO_API_URL", "https://api.twilio.com")
PLATFORM_NUMBER = env.str("PLATFORM_NUMBER", "+12025550100")
SMS_PROVIDER = "twilio" if TWILIO_ACCOUNT_SID else "local_phone" if DEBUG else ""
SENDING_ENABLED = env.bool("SENDING_ENABLED", True)  # the kill switch: off, nothing is sent and all that is due waits

LIMITS = limits.LIMITS
ACCOUNT_RATE_LIMITS = allauth_limits.rates(LIMITS)
MFA_RATE_LIMITS = {"webauthn_login": ACCOUNT_RATE_LIMITS["login"]}

# --- Voting, leaderboards, moderation ---------------------------------------------------------------------------------

VOTING_TOKEN_SECONDS = env.int("VOTING_TOKEN_SECONDS", 600)
VIEWING_TOKEN_SECONDS = env.int("VIEWING_TOKEN_SECONDS", 3_600)
LEADERBOARD_INTERVAL_MS = env.int("LEADERBOARD_INTERVAL_MS", 50)

MODERATION_HOLD_REPORTS = env.int("MODERATION_HOLD_REPORTS", 5)  # people who weigh full (accounts/moderation_rules.py)
MODERATION_HOLD_HOURS = env.int("MODERATION_HOLD_HOURS", 24)
MODERATION_REST_DAYS = env.int("MODERATION_REST_DAYS", 30)

# --- API --------------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = api_settings.REST_FRAMEWORK
SPECTACULAR_SETTINGS = api_settings.SPECTACULAR_SETTINGS
EDGE_DOCUMENTS = api_settings.EDGE_DOCUMENTS

# --- Safety in the browser --------------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", not DEBUG)
SECURE_REDIRECT_EXEMPT = [r"^health", r"^metrics$"]  # asked from inside, over plain HTTP
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 0 if DEBUG else env.int("SECURE_HSTS_SECONDS", 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", False)
SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", False)
SECURE_REFERRER_POLICY = "same-origin"
# With this name no other host of the domain, and nobody without TLS, can have set the cookie (RFC 6265bis, section 4.1.3).
COOKIE_PREFIX = "__Host-" if PUBLIC_URL.startswith("https://") else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid", f"{COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}language"
MESSAGE_STORAGE = "config.lib.message_cookie.Messages"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
CSRF_COOKIE_HTTPONLY = True  # forms carry the token
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE, LANGUAGE_COOKIE_HTTPONLY, LANGUAGE_COOKIE_SAMESITE = not DEBUG, True, "Lax"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = content_security.policy(form_targets=social_providers.origins(SOCIALACCOUNT_PROVIDERS))
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576  # of a form without its files
MOST_BODY_BYTES = 2_200_000  # of any request: a list of 2 MB with the form it comes in
MOST_PICTURE_BYTES = 10_000_000
# Paths whose bodies may be larger: a picture with the form it comes in. One that is a little too large is refused in words.
LARGER_BODIES = {"/api/v1/uploads": MOST_PICTURE_BYTES + 2_000_000, "/me/settings/": MOST_PICTURE_BYTES + 2_000_000}

UNFOLD = console_theme.UNFOLD

# --- Static files, logs, error tracking -------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
_static = (
    "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "config.components.stylesheets.BundledStorage"
)
SERVESTATIC_AUTOREFRESH = SERVESTATIC_USE_FINDERS = DEBUG  # in development without collectstatic
PRIVATE_ROOT = env.path("PRIVATE_ROOT", paths.data_folder() / "private")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {  # served by no address of its own
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_ROOT, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {"BACKEND": _static},
}
MEDIA_URL = "/uploads/"  # served by accounts.views.pictures, whatever the storage
MEDIA_ROOT = env.path("MEDIA_ROOT", paths.data_folder() / "media")

DJANGO_STRUCTLOG_CELERY_ENABLED = True  # a job's lines carry the id of the request that started it
DJANGO_STRUCTLOG_CELERY_DEFAULT_LOG_LEVEL = logging.DEBUG  # the clock ticks every second
DJANGO_STRUCTLOG_CELERY_TASK_FAILURE_LOG_LEVEL = logging.ERROR
LOGGING = logging_config(level=env.str("LOG_LEVEL", "INFO"), readable=DEBUG)
SENTRY_DSN = env.str("SENTRY_DSN", "")
