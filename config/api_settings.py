"""How the API is put together: REST framework's setting, and the document's. Nothing here depends on the environment."""

from typing import Any, Final

REST_FRAMEWORK: Final[dict[str, Any]] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.BearerToken",
        "accounts.api.authentication.Session",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.permissions.HasScope"],
    "DEFAULT_METADATA_CLASS": None,  # OPTIONS is answered for CORS, before the view; the document describes the rest
    "DEFAULT_THROTTLE_CLASSES": ["config.lib.api.throttling.Limit"],
    "DEFAULT_RENDERER_CLASSES": ["config.lib.api.envelope.EnvelopeRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.lib.api.parsers.JsonBody"],
    "URL_FORMAT_OVERRIDE": None,  # `?format=` belongs to the report, and Accept to HTTP
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "config.lib.api.schema.EnvelopeSchema",
    "EXCEPTION_HANDLER": "config.lib.api.errors.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS: Final[dict[str, Any]] = {
    "TITLE": "Fanfare API",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "ENUM_NAME_OVERRIDES": {
        "RoleEnum": "accounts.models.Role.choices",
        "SignUpRoleEnum": "accounts.policies.SIGN_UP_CHOICES",
        "UploadKindEnum": "accounts.models.UploadKind.choices",
    },
    "PATH_CONVERTER_OVERRIDES": {"public_id": {"type": "string", "pattern": "^[0-9abcdefghjkmnpqrstvwxyz]{16}$"}},
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "config.lib.api.schema.complete"],
}
EDGE_DOCUMENTS: Final = [
    "messaging.edge_schema.PATHS",
    "voting.edge_schema.PATHS",
]  # what Django's resolver does not know: dotted names of path → path item
