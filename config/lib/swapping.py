"""Pages of which a part is fetched again while somebody searches: the same address answers with the page, or the part."""

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django_htmx.http import push_url, replace_url
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A request as `HtmxMiddleware` leaves it."""

    htmx: HtmxDetails


def address_of(view: str, query: Mapping[str, str]) -> str:
    """The address of a list that is asked for this; what is empty is left out."""
    asked = urlencode({name: value for name, value in query.items() if value})
    return reverse(view) + (f"?{asked}" if asked else "")


def page_or_part(
    request: HtmxRequest,
    context: Mapping[str, Any],
    *,
    page: str,
    part: str,
    address: str,
    typed_in: Collection[str] = (),
) -> HttpResponse:
    """The template `page`, or `part` of it for htmx, which then shows `address` and counts it as a step of its history.

    What is asked for while somebody is typing (by the elements with the ids `typed_in`) takes the place of the last step
    instead, so that going back does not mean going back letter by letter.
    """
    htmx = request.htmx
    if htmx and not htmx.history_restore_request:
        response = render(request, part, {**context, "swapped": True})
        stays = htmx.trigger in typed_in or htmx.current_url_abs_path == address
        (replace_url if stays else push_url)(response, address)
    else:
        response = render(request, page, context)
    patch_vary_headers(response, ["HX-Request"])
    return response
