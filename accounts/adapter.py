"""Where allauth's pages meet ours: changes go through our services, mail through the outbox, links to PUBLIC_URL."""

from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.forms import ValidationError as FormError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation

from accounts import known_browsers
from accounts.actors import Actor, Via, actor_of, here_of, platform
from accounts.audit import record
from accounts.languages import language_here
from accounts.models import User
from accounts.platform_settings import SIGN_UP
from accounts.services.devices import recognise
from accounts.services.email_addresses import confirm
from accounts.services.passwords import set_password
from accounts.services.proving import AccountLocked, prove, prove_again
from accounts.services.sessions import NOTHING
from config.lib.api.throttling import address_of
from config.lib.errors import InvalidCredentials, RateLimitExceeded, Refusal

_WAIT: Final = (AccountLocked, RateLimitExceeded)


def _by_page(request: HttpRequest | None) -> Actor:
    return actor_of(request, Via.PAGE) if request else platform()


def _waiting(refusal: Refusal) -> FormError:
    return FormError(str(refusal), code=refusal.code, params={"retry_after": refusal.retry_after})


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """What allauth does, with our services, our audit and our mail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Unless an admin has closed it."""
        return bool(SIGN_UP.value())

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address allauth's own limits count by: the same that ours do, behind the same proxies."""
        return address_of(request) or "local"

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Whose e-mail and password these are, by the service that the API asks, too. Raises FormError for who must wait."""
        try:
            return prove(
                actor=actor_of(request, Via.PAGE),
                email=credentials["email"],
                password=credentials["password"],
                browser=request.COOKIES.get(known_browsers.COOKIE, ""),
                now=timezone.now(),
            )
        except InvalidCredentials:
            return None
        except _WAIT as refusal:
            raise _waiting(refusal) from refusal

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether the signed-in user has typed the password once more. Raises FormError for who must wait."""
        try:
            prove_again(actor=_by_page(self.request), password=password, now=timezone.now())
        except InvalidCredentials:
            return False
        except _WAIT as refusal:
            raise _waiting(refusal) from refusal
        return True

    def post_login(self, request: HttpRequest, user: User, **how: Any) -> HttpResponse:
        """The browser is known from now on: strangers' wrong passwords do not keep it out, and it is no new device."""
        now, cookie = timezone.now(), request.COOKIES.get(known_browsers.COOKIE, "")
        is_known = bool(known_browsers.recognised(cookie, account=known_browsers.account_of(user.email), now=now))
        recognise(actor=actor_of(request, Via.PAGE), user=user, is_known=is_known, now=now)
        response: HttpResponse = super().post_login(request, user, **how)
        known_browsers.remember(response, email=user.email, now=now)
        return response

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        record(actor=actor_of(request, Via.PAGE), action="user.log_in", subject=user, now=timezone.now())

    def logout(self, request: HttpRequest) -> None:
        actor = actor_of(request, Via.PAGE)
        super().logout(request)
        if actor.user:
            record(actor=actor, action="user.log_out", subject=actor.user, now=timezone.now(), clients=0)

    def set_password(self, user: User, password: str) -> None:
        keep = here_of(self.request) if self.request else NOTHING
        set_password(actor=_by_page(self.request), user=user, password=password, keep=keep, now=timezone.now())

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """The owner pressed the button behind the link. False where another account has confirmed it first."""
        confirmed = confirm(actor=actor_of(request, Via.PAGE), address=email_address, now=timezone.now())
        words = "email_confirmed" if confirmed else "email_confirmation_failed"
        level = messages.SUCCESS if confirmed else messages.ERROR
        self.add_message(request, level, f"account/messages/{words}.txt", {"email": email_address.email})
        return confirmed

    def should_send_confirmation_mail(self, request: HttpRequest, email_address: EmailAddress, signup: bool) -> bool:
        """Not at sign-up: the service has sent it, with the account, in one transaction."""
        return not signup

    def get_email_confirmation_url(self, request: HttpRequest | None, emailconfirmation: Any) -> str:
        """On PUBLIC_URL, whatever Host a request names."""
        return settings.PUBLIC_URL + reverse("account_confirm_email", args=[emailconfirmation.key])

    def get_reset_password_from_key_url(self, key: str) -> str:
        """On PUBLIC_URL, whatever Host a request names. `key` is `<uid>-<token>`."""
        uid, _dash, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
        return settings.PUBLIC_URL + path

    def format_email_subject(self, subject: str) -> str:
        return str(subject)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language of the account the address belongs to, else of the request. Who says that it is nobody's (`user` is
        None) is believed: asking again would take its time.
        """
        user = context["user"] if "user" in context else User.objects.filter(email=email).first()
        with translation.override(user.language if user else language_here()):
            self.render_mail(
                template_prefix, email, {**context, "email": email, "site_url": settings.PUBLIC_URL}
            ).send()
