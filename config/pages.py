"""The few pages that belong to no app."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

_ROBOTS = "User-agent: *\nDisallow: /admin/\nDisallow: /api/\nDisallow: /c/\nDisallow: /p/\nDisallow: /v/\n"


@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """Personal links and machine addresses are not for search engines (RFC 9309)."""
    text = f"{_ROBOTS}\nSitemap: {settings.PUBLIC_URL}/sitemap.xml\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
