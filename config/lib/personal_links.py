"""Pages behind a link that was sent to one person: the address itself is the secret."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Final, overload

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

# The address is nobody else's to see, keep or index. `no-referrer` would have browsers send `Origin: null` with the page's
# own form (Fetch, "append a request Origin header"), which the check against forged requests refuses.
_SECRET: Final = {"Referrer-Policy": "strict-origin", "X-Robots-Tag": "noindex"}

View = Callable[..., HttpResponse]
AsyncView = Callable[..., Coroutine[Any, Any, HttpResponse]]


@overload
def personal_link(view: View) -> View: ...
@overload
def personal_link(view: AsyncView) -> AsyncView: ...
def personal_link(view: Any) -> Any:
    """For a view, synchronous or not, whose address carries a personal code: its answer is kept, passed on and indexed by
    nobody.
    """
    return never_cache(_async(view) if iscoroutinefunction(view) else _sync(view))


def _sync(view: View) -> View:
    @wraps(view)
    def secretly(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return _secret(view(request, *args, **kwargs))

    return secretly


def _async(view: AsyncView) -> AsyncView:
    @wraps(view)
    async def secretly(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return _secret(await view(request, *args, **kwargs))

    return secretly


def _secret(response: HttpResponse) -> HttpResponse:
    for name, value in _SECRET.items():
        response[name] = value
    return response
