"""The console as a site: who enters, by which door, under which content security policy."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from allauth.account import views as account_pages
from allauth.account.decorators import secure_admin_login
from allauth.account.utils import get_next_redirect_url
from csp.decorators import csp_update
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy as _

from accounts.actors import Via, actor_of
from accounts.console.pages import ConsoleAdmin
from accounts.models import User
from accounts.policies import CONSOLE_ROLES, lacks_second_factor, may_enter_console

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite as _Site
else:
    from unfold.sites import UnfoldAdminSite as _Site

# The theme evaluates its expressions and sets styles on elements; all of it comes from our own static files.
CONTENT_SECURITY_POLICY: Final = {"script-src": ["'unsafe-eval'"], "style-src": ["'unsafe-inline'"]}

View = Callable[..., Any]


class ConsoleSite(_Site):
    """`django.contrib.admin.site` of Fanfare."""

    site_header = site_title = "Fanfare"
    index_title = _("Tonight")
    enable_nav_sidebar = True

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self._pages: list[URLPattern] = []

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Our own pages alone: those that come with libraries write past our services."""
        if admin_class is not None and issubclass(admin_class, ConsoleAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return may_enter_console(actor_of(request, Via.ADMIN))

    def admin_view(self, view: View, cacheable: bool = False) -> Any:
        """Behind the door, and under the console's own policy: the rest of the site keeps the strict one."""
        return csp_update(CONTENT_SECURITY_POLICY)(self._behind_the_door(_readable(view), cacheable))

    def _behind_the_door(self, view: View, cacheable: bool = False) -> Any:
        return _past_the_second_factor(super().admin_view(view, cacheable))

    def add_page(self, route: str, view: View, name: str, *, in_theme: bool = True) -> None:
        """Another page of the console, reversed as `admin:<name>`. Call it from an app's `admin.py`.

        A page that is not drawn `in_theme` keeps the strict content security policy of the rest of the site.
        """
        behind_the_door = self.admin_view if in_theme else self._behind_the_door
        self._pages.append(path(route, behind_the_door(view), name=name))

    def get_urls(self) -> list[Any]:
        """The added pages come first: the admin answers everything below a row's address itself."""
        standard: list[URLPattern | URLResolver] = super().get_urls()
        return [*self._pages, *standard]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Through our own sign-in: one place for passwords, second factors and limits."""
        return _past_the_second_factor(secure_admin_login(super().login))(request, extra_context)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]  # any response, as Django's documentation says
        """Through our own sign-out, which writes it down."""
        response: HttpResponse = account_pages.logout(request)
        return response

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]  # likewise
        """On our own page, which also signs other clients out."""
        return redirect("account_change_password")


def _past_the_second_factor(view: View) -> View:
    """Whose role asks for a second factor (MFA_REQUIRED_ROLES) sets one up first, and comes back."""

    @wraps(view)
    def led(request: HttpRequest, *args: object, **kwargs: object) -> Any:
        user = request.user
        if not (isinstance(user, User) and user.role in CONSOLE_ROLES and lacks_second_factor(user)):
            return view(request, *args, **kwargs)
        back = urlencode({REDIRECT_FIELD_NAME: get_next_redirect_url(request) or request.get_full_path()})
        return redirect(f"{reverse('my-security')}?{back}")

    return led


def _readable(view: View) -> View:
    """Addresses with the one character PostgreSQL has no text for are nobody's typing: 400, where Django would break."""

    @wraps(view)
    def asked(request: HttpRequest, *args: object, **kwargs: object) -> Any:
        if "\0" in request.path or any("\0" in value for _name, values in request.GET.lists() for value in values):
            raise BadRequest
        return view(request, *args, **kwargs)

    return asked
