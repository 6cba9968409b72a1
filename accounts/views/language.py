"""The language of the pages."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views import i18n
from django.views.decorators.http import require_POST

from accounts.actors import Via, actor_of
from accounts.models import Language, User
from accounts.services.profile import edit_profile


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Go on in another language: kept in the account of whoever is signed in, and in a cookie for everybody."""
    chosen = request.POST.get("language", "")
    if chosen in Language.values and isinstance(request.user, User):
        edit_profile(actor=actor_of(request, Via.PAGE), language=chosen, now=timezone.now())
    response: HttpResponse = i18n.set_language(request)
    return response
