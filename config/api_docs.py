"""The OpenAPI document, and its try-it page: Swagger UI from our own static files, under our own Content-Security-Policy."""

from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.response import Response

from config.lib.api.envelope import EnvelopeRenderer


class Document(SpectacularAPIView):
    """YAML or JSON, as it is asked for. A refusal comes in the envelope of every other: the formats above know no such thing."""

    def handle_exception(self, exc: Exception) -> Response:
        refused = super().handle_exception(exc)
        self.request.accepted_renderer = EnvelopeRenderer()
        self.request.accepted_media_type = EnvelopeRenderer.media_type
        return refused


# Swagger UI styles its elements one by one; its script comes from our own address, not from the page.
@method_decorator(csp_update({"style-src": ["'unsafe-inline'"]}), name="dispatch")
class TryItPage(SpectacularSwaggerSplitView):
    """`?script` is the page's script; everything else the page."""

    template_name = "api_docs.html"
    url_name = "api-schema"
