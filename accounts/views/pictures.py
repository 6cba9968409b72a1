"""`/uploads/<id>/<width>.webp`: the pictures people uploaded, for whoever knows the address."""

from csp.decorators import csp
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.decorators import method_decorator
from django.views import View

from accounts.models import Upload, UploadState
from accounts.pictures import storing
from accounts.pictures.variants import SHAPES
from config.lib.errors import NotFound

# Should a browser ever take one for a page: it may do nothing there.
_POLICY = {"default-src": ["'none'"], "frame-ancestors": ["'none'"], "sandbox": []}
# In the visitor's own browser alone: of what moderation holds no cache on the way may keep a copy.
_FOR_A_DAY = "private, max-age=86400, immutable"


@method_decorator(csp(_POLICY), name="dispatch")
class Picture(View):
    """Always WebP of our own making."""

    def get(self, request: HttpRequest, public_id: str, width: int) -> HttpResponseBase:
        """One query, and no session: it is the same for everybody. Raises NotFound."""
        upload = (
            Upload.objects.filter(public_id=public_id).exclude(state=UploadState.DROPPED).filter(held_at=None).first()
        )
        if upload is None or width not in SHAPES[upload.kind].widths:
            raise NotFound
        etag = f'"{upload.sha256[:16]}-{width}"'
        response = get_conditional_response(request, etag=etag) or _file(upload, width)
        for name, value in {"ETag": etag, "Cache-Control": _FOR_A_DAY, "X-Content-Type-Options": "nosniff"}.items():
            response[name] = value
        return response


def _file(upload: Upload, width: int) -> HttpResponse:
    """Whole, not streamed: the largest has a few hundred kilobytes. Raises NotFound."""
    try:
        with storing.open_file(upload.public_id, upload.sha256, width) as file:
            content = file.read()
    except FileNotFoundError as error:
        raise NotFound from error
    return HttpResponse(content, content_type="image/webp")
