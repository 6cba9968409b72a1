"""The language of a request."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from accounts.models import Language, User
from config.lib.outages import AWAY


def _linked(request: HttpRequest) -> str | None:
    """The language a link asks for (`?lang=es`), if it is one of ours."""
    asked = request.GET.get("lang")
    return asked if asked in Language.values else None


class LanguageMiddleware(LocaleMiddleware):
    """Speaks the signed-in user's language, else the link's, else what the browser asks for.

    A link's choice is kept in a cookie, so that the next page is in the same language. Stands after
    AuthenticationMiddleware; requests without a session cookie cost no query. Token requests switch when the token is read.
    """

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        chosen = self._of_user(request) or _linked(request)
        if chosen:
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen

    def process_response(self, request: HttpRequest, response: Any) -> HttpResponseBase:
        answered: HttpResponseBase = super().process_response(request, response)
        if asked := _linked(request):
            answered.set_cookie(
                settings.LANGUAGE_COOKIE_NAME, asked, secure=request.is_secure(), httponly=True, samesite="Lax"
            )
        return answered

    def _of_user(self, request: HttpRequest) -> str | None:
        """None also while nobody can say who is signed in: what to answer then is for the view to decide."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        try:
            return request.user.language if isinstance(request.user, User) else None
        except AWAY:
            return None
