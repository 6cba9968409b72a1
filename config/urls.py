"""The root of all addresses, composed from each app's own lists."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path

from config import gallery
from config.api_docs import Document, TryItPage
from config.demo.programme import DEMO_TEXTS
from config.error_pages import unknown_api_address
from config.health import live, ready
from config.metrics import metrics
from config.pages import robots
from config.site_map import site_map, site_map_index
from messaging.local import urls as local

handler400 = "config.error_pages.bad_request"
handler403 = "config.error_pages.permission_denied"
handler404 = "config.error_pages.page_not_found"
handler500 = "config.error_pages.server_error"

api: list[URLPattern | URLResolver] = [
    path("", include("accounts.api.urls")),
    path("", include("messaging.api.urls")),
    path("", include("artists.api.urls")),
    path("", include("events.api.urls")),
    path("", include("voting.api.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", ready, name="health"),
    path("health/live", live, name="health-live"),
    path("metrics", metrics, name="metrics"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", site_map_index, name="sitemap-index"),
    path("sitemap-<section>.xml", site_map, name="sitemap"),
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("messaging.urls")),
    path("", include("messaging.own_urls")),
    path("", include("artists.urls")),
    path("", include("events.urls")),
    path("", include("voting.urls")),
    path("api/v1/", include(api)),
    path("api/schema/", Document.as_view(), name="api-schema"),
    path("api/docs/", TryItPage.as_view(), name="api-docs"),
    re_path(r"^api/", unknown_api_address, name="api-unknown"),
]
development: list[URLPattern | URLResolver] = [
    *gallery.urlpatterns,
    path("dev/", include(local.addresses(suggestions=DEMO_TEXTS))),
]
if settings.DEBUG:
    urlpatterns += development
