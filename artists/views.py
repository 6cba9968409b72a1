"""Pages of artists."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.actors import Via, actor_of
from accounts.analytics import page_view
from artists import roster
from artists.artist_page import artist_page_of
from artists.forms import ArtistsForm
from artists.policies import artist_at
from config.lib.errors import Malformed
from config.lib.request_limits import limited
from config.lib.swapping import HtmxRequest, page_or_part


@require_safe
@limited("search", when="q")
def artists(request: HtmxRequest) -> HttpResponse:
    """`/artists/`: everybody who plays; filters that cannot be read say so and are left out."""
    form = ArtistsForm(request.GET)
    form.is_valid()
    try:
        found = roster.roster(actor_of(request, Via.PAGE), form.cleaned_data, asked=request.GET)
    except Malformed:
        return redirect(roster.first_page(request.GET))
    page_view(request, "artists")
    return page_or_part(
        request,
        {"form": form, "roster": found},
        page="artists/artists.html",
        part="artists/found.html",
        address=found.address,
        typed_in={"words"},
    )


@require_safe
def artist(request: HttpRequest, slug: str) -> HttpResponse:
    """`/artists/<slug>/`: who it is, where they play next, how past rounds went."""
    actor = actor_of(request, Via.PAGE)
    shown = artist_at(actor, slug)
    page_view(request, "artist", of=shown)
    page = artist_page_of(shown, actor=actor, now=timezone.now())
    return render(request, "artists/artist.html", {"page": page})
