"""Where allauth's pages meet ours: changes go through our services, mail through the outbox, links to PUBLIC_URL."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation

from accounts.actors import Actor, Via, actor_of, platform
from accounts.audit import record
from accounts.languages import language_here
from accounts.models import User
from accounts.services.passwords import set_password
from config.lib.api.throttling import address_of


def _by_page(request: HttpRequest | None) -> Actor:
    return actor_of(request, Via.PAGE) if request else platform()


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """What allauth does, with our services, our audit and our mail."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address allauth's own limits count by: the same that ours do, behind the same proxies."""
        return address_of(request) or "local"

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        record(actor=actor_of(request, Via.PAGE), action="user.log_in", subject=user, now=timezone.now())

    def logout(self, request: HttpRequest) -> None:
        actor = actor_of(request, Via.PAGE)
        super().logout(request)
        if actor.user:
            record(actor=actor, action="user.log_out", subject=actor.user, now=timezone.now(), clients=0)

    def set_password(self, user: User, password: str) -> None:
        set_password(actor=_by_page(self.request), user=user, password=password, now=timezone.now())

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """The owner pressed the button behind the link. False where another account has confirmed it first."""
        confirmed: bool = super().confirm_email(request, email_address)
        if confirmed:
            actor = actor_of(request, Via.PAGE)
            record(actor=actor, action="user.confirm_email", subject=email_address.user, now=timezone.now())
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
        """In the language of the account the address belongs to, else of the request."""
        user = context.get("user") or User.objects.filter(email=email).first()
        with translation.override(user.language if user else language_here()):
            self.render_mail(
                template_prefix, email, {**context, "email": email, "site_url": settings.PUBLIC_URL}
            ).send()
