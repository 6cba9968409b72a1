"""Pages behind a link that was sent to one person: the address itself is the secret."""

from collections.abc import Callable
from functools import wraps
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

# The address is nobody else's to see, keep or index. `no-referrer` would have browsers send `Origin: null` with the page's
# own form (Fetch, "append a request Origin header"), which the check against forged requests refuses.
_SECRET: Final = {"Referrer-Policy": "strict-origin", "X-Robots-Tag": "noindex"}


def personal_link(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For a view whose address carries a personal code: its answer is kept, passed on and indexed by nobody."""

    @never_cache
    @wraps(view)
    def secretly(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        for name, value in _SECRET.items():
            response[name] = value
        return response

    return secretly
