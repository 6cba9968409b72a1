"""The try-it page: Swagger UI from our own static files, under our own Content-Security-Policy."""

from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularSwaggerSplitView


# Swagger UI styles its elements one by one; its script comes from our own address, not from the page.
@method_decorator(csp_update({"style-src": ["'unsafe-inline'"]}), name="dispatch")
class TryItPage(SpectacularSwaggerSplitView):
    """`?script` is the page's script; everything else the page."""

    template_name = "api_docs.html"
    url_name = "api-schema"
