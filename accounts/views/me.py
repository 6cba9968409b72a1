"""`/me/`: what a signed-in person joined and voted is known by the apps above; templates put the parts together."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
@login_required
def my_home(request: HttpRequest) -> HttpResponse:
    """`/me/`: tonight first."""
    return render(request, "me/home.html")


@never_cache
@require_safe
@login_required
def my_votes(request: HttpRequest) -> HttpResponse:
    """`/me/votes/`: all of them."""
    return render(request, "me/votes.html")
