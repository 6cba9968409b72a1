"""Who a request's browser is signed in as, and the language it is answered in."""

from functools import cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from accounts.actors import Impersonated, whence
from accounts.models import Language, User
from accounts.session_store import SessionStore, back_from
from config.lib.outages import AWAY


class SignedInMiddleware(AuthenticationMiddleware):
    """`request.user` by the session's row, read with the user in one query, and not before somebody asks."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        assert isinstance(request.session, SessionStore)
        request.session.address, request.session.user_agent = whence(request)
        user = cache(partial(_user_of, request))
        request.user = SimpleLazyObject(user)  # type: ignore[assignment]  # as Django does
        request.auser = sync_to_async(user)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """What an admin may not do as somebody is said in words, on whatever page they tried."""
        if isinstance(exception, Impersonated):
            return render(request, "errors/403_look.html", status=exception.status)
        return None


def _user_of(request: HttpRequest) -> User | AnonymousUser:
    """As `django.contrib.auth.get_user`: a session that signs nobody in any more is forgotten, and its cookie with it.

    An admin whose look as somebody is over goes on as themselves.
    """
    session = request.session
    assert isinstance(session, SessionStore)
    if SESSION_KEY not in session:
        return AnonymousUser()
    row = session.row(now=timezone.now())
    if row is not None and row.user is not None and _of_this_password(session, row.user):
        return row.user
    if session.own_session:
        request.session = back_from(session)
        return _user_of(request)
    session.flush()
    return AnonymousUser()


def _of_this_password(session: SessionStore, user: User) -> bool:
    """Whether the session began with the user's present password; after a rotation of SECRET_KEY it is sealed anew."""
    kept, now = session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()
    if constant_time_compare(kept, now):
        return True
    if any(constant_time_compare(kept, earlier) for earlier in user.get_session_auth_fallback_hash()):
        session[HASH_SESSION_KEY] = now
        return True
    return False


def _linked(request: HttpRequest) -> str | None:
    """The language a link asks for (`?lang=es`), if it is one of ours."""
    asked = request.GET.get("lang")
    return asked if asked in Language.values else None


def _is_for_everybody(request: HttpRequest) -> bool:
    """Pictures speak no language, and must not vary by who looks: caches keep them."""
    return request.path_info.startswith(settings.MEDIA_URL)


class LanguageMiddleware(LocaleMiddleware):
    """Speaks the signed-in user's language, else the link's, else what the browser asks for; pages tell the user's time.

    A link's choice is kept in a cookie, so that the next page is in the same language. Stands after
    AuthenticationMiddleware; requests without a session cookie cost no query. Token requests switch when the token is read.
    The API tells all times in UTC.
    """

    def process_request(self, request: HttpRequest) -> None:
        if _is_for_everybody(request):
            return
        super().process_request(request)
        user = self._user(request)
        chosen = user.language if user else _linked(request)
        if chosen:
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
        if user and not request.path_info.startswith("/api/"):
            timezone.activate(ZoneInfo(user.time_zone))

    def process_response(self, request: HttpRequest, response: Any) -> HttpResponseBase:
        timezone.deactivate()
        if _is_for_everybody(request):
            assert isinstance(response, HttpResponseBase)
            return response
        answered: HttpResponseBase = super().process_response(request, response)
        if asked := _linked(request):
            answered.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                asked,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return answered

    def _user(self, request: HttpRequest) -> User | None:
        """None also while nobody can say who is signed in: what to answer then is for the view to decide."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        try:
            return request.user if isinstance(request.user, User) else None
        except AWAY:
            return None
