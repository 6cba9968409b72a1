"""The one list of pages: what is visited, as whom, and what is left out and why.

It is made from the URL resolver. An address that stands neither in VISITED nor in LEFT_OUT fails a test, so that no page can
be added that nobody looks at.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from accounts.models import Role, User
from config.audit import addresses, samples
from config.audit.addresses import Address, Where, asked, filled, plain
from config.demo.people import DOMAIN


class Visitor(StrEnum):
    """Who looks: one of the demo's log-ins, or nobody in particular."""

    NOBODY = "nobody"
    FAN = "fan"
    ORGANIZER = "organizer"
    ADMIN = "admin"

    def user(self) -> User | None:
        return None if self is Visitor.NOBODY else User.objects.get(email=f"{Role(self.value)}@{DOMAIN}")


class Kind(StrEnum):
    """What a page is held to."""

    PUBLIC = "public"  # axe, the Nu checker, ten queries
    STAFF = "staff"  # our own page behind the console's door: axe, the Nu checker
    CONSOLE = "console"  # the admin theme's own page: axe alone
    LIBRARY = "library"  # drawn by a library, which we cannot mend: the Nu checker, and the console of the browser
    LOCAL = "local"  # exists in development only: axe and the Nu checker


@dataclass(frozen=True)
class Page:
    """One thing to look at. `path()` asks the database for what fills the address in.

    A stale page is behind a link that works no more, and may be answered with an error's status.
    """

    name: str
    visitor: Visitor
    kind: Kind
    path: Callable[[], str]
    is_stale: bool = False


@dataclass(frozen=True)
class Visit:
    """How an address is visited: at each of its places, as each of the visitors."""

    visitors: tuple[Visitor, ...] = (Visitor.NOBODY,)
    places: Mapping[str, Where] = field(default_factory=lambda: {"": plain})
    kind: Kind = Kind.PUBLIC


STALE: Final = "stale"
_ANYBODY: Final = (Visitor.NOBODY, Visitor.FAN, Visitor.ORGANIZER)
_SIGNED_IN: Final = (Visitor.FAN,)

VISITED: Final[Mapping[str, Visit]] = MappingProxyType(
    {
        "event-pages:home": Visit(_ANYBODY),
        "event-pages:events": Visit(
            places={"": plain, "searched": asked("q=cobre"), "empty": asked("q=nothing+like+this")}
        ),
        "event-pages:event": Visit(
            _ANYBODY,
            {
                "live": filled(slug=samples.live_night),
                "coming": filled(slug=samples.coming_night),
                "cancelled": filled(slug=samples.cancelled_night),
                "over": filled(slug=samples.past_night),
            },
        ),
        "event-pages:leave": Visit(_SIGNED_IN, {"": filled(slug=samples.live_night)}),
        "event-pages:confirm": Visit(
            places={"waiting": filled(code=samples.waiting_code), "done": filled(code=samples.confirmed_code)}
        ),
        "me": Visit((Visitor.FAN, Visitor.ORGANIZER)),
        "my-votes": Visit(_SIGNED_IN),
        "my-settings": Visit(_SIGNED_IN),
        "my-security": Visit((Visitor.FAN, Visitor.ORGANIZER)),
        "account_reauthenticate": Visit(_SIGNED_IN),
        "my-sessions": Visit(_SIGNED_IN),
        "my-privacy": Visit(_SIGNED_IN),
        "erase-me": Visit((Visitor.FAN, Visitor.ORGANIZER)),
        "my-phone": Visit(_SIGNED_IN),
        "my-moderation": Visit(_SIGNED_IN),
        "report": Visit(places={"": filled(kind=lambda: "event", public_id=samples.live_night_id)}),
        "reported": Visit((Visitor.NOBODY, Visitor.FAN)),
        "my-notifications": Visit(_SIGNED_IN),
        "artist-pages:artists": Visit(
            places={"": plain, "searched": asked("q=choir"), "empty": asked("q=nobody+at+all")}
        ),
        "artist-pages:artist": Visit(_ANYBODY, {"": filled(slug=samples.artist)}),
        "messaging:preferences": Visit(
            places={"": filled(token=samples.preferences), STALE: filled(token=lambda: "stale")}
        ),
        "voting-pages:vote": Visit(
            _ANYBODY,
            {
                "": filled(slug=samples.live_night),
                "coming": filled(slug=samples.coming_night),
                "over": filled(slug=samples.past_night),
            },
        ),
        "voting-pages:personal": Visit(
            places={
                "waiting": filled(code=samples.vote_link_of_somebody_waiting),
                "open": filled(code=samples.vote_link_of_somebody_shy),
                "counted": filled(code=samples.vote_link_of_a_voter),
                STALE: filled(code=lambda: "stale"),
            }
        ),
        "voting-pages:live": Visit(
            (Visitor.NOBODY, Visitor.ORGANIZER),
            {"": filled(slug=samples.live_night), "over": filled(slug=samples.past_night)},
        ),
        "voting-pages:stage": Visit(
            (Visitor.ORGANIZER,),
            {
                "": filled(slug=samples.live_night),
                "coming": filled(slug=samples.coming_night),
                "over": filled(slug=samples.past_night),
            },
        ),
        "voting-pages:recap": Visit(
            places={"": filled(slug=samples.past_night), "early": filled(slug=samples.live_night)}
        ),
        "voting-pages:receipts": Visit(),
        "voting-pages:receipt": Visit(
            places={"": filled(receipt=samples.receipt), STALE: filled(receipt=lambda: "NOT-A-RECEIPT")}
        ),
        "account_login": Visit(),
        "account_signup": Visit(),
        "account_logout": Visit(_SIGNED_IN),
        "account_unlock": Visit(places={"": filled(code=samples.unlock_link), STALE: filled(code=lambda: "stale")}),
        "account_email": Visit(_SIGNED_IN),
        "socialaccount_login_cancelled": Visit(),
        "account_inactive": Visit(),
        "account_email_verification_sent": Visit(),
        "account_confirm_email": Visit(places={STALE: filled(key=lambda: "stale")}),
        "account_change_password": Visit(_SIGNED_IN),
        "account_reset_password": Visit(),
        "account_reset_password_done": Visit(),
        "account_reset_password_from_key": Visit(places={STALE: filled(uidb36=lambda: "1", key=lambda: "stale")}),
        "account_reset_password_from_key_done": Visit(),
        "developers": Visit((Visitor.NOBODY, Visitor.FAN, Visitor.ORGANIZER)),
        "api-docs": Visit(kind=Kind.LIBRARY),
        "gallery": Visit(kind=Kind.LOCAL),
        "local:phones": Visit(kind=Kind.LOCAL),
        "local:mails": Visit(kind=Kind.LOCAL),
        "local:mail": Visit(places={"": filled(public_id=samples.mail)}, kind=Kind.LOCAL),
        "admin:control-room": Visit(
            (Visitor.ORGANIZER,),
            {"": filled(pk=samples.live_night_pk), "over": filled(pk=samples.past_night_pk)},
            kind=Kind.STAFF,
        ),
        "admin:attendee-upload": Visit((Visitor.ORGANIZER,), kind=Kind.CONSOLE),
        "admin:index": Visit((Visitor.ORGANIZER, Visitor.ADMIN), kind=Kind.CONSOLE),
        "admin:analytics": Visit((Visitor.ADMIN,), kind=Kind.CONSOLE),
        "admin:platform-settings": Visit((Visitor.ADMIN,), kind=Kind.CONSOLE),
        "admin:platform-setting": Visit(
            (Visitor.ADMIN,),
            {
                "switch": filled(key=lambda: "sending"),
                "roles": filled(key=lambda: "mfa_required_roles"),
                "words": filled(key=lambda: "maintenance_notice"),
                "limit": filled(key=lambda: "limit_user"),
            },
            kind=Kind.CONSOLE,
        ),
        "admin:jobs": Visit((Visitor.ADMIN,), kind=Kind.CONSOLE),
        "admin:accounts_user_act": Visit(
            (Visitor.ADMIN,),
            {
                "suspend": filled(pk=samples.fan_pk, name=lambda: "suspend"),
                "role": filled(pk=samples.fan_pk, name=lambda: "role"),
                "look": filled(pk=samples.fan_pk, name=lambda: "look"),
            },
            kind=Kind.CONSOLE,
        ),
    }
)

_LOOKED_AT_ON_THE_WAY: Final = "the browser tests go through it on their way"
LEFT_OUT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "health": "JSON for the load balancer",
        "health-live": "JSON for the load balancer",
        "metrics": "text for Prometheus",
        "robots": "text for crawlers",
        "sitemap-index": "XML for crawlers",
        "sitemap": "XML for crawlers",
        "local:screens": "a part of the page of the phones",
        "local:mail-html": "the mail inside the page of a mail, as its sender made it",
        "admin:attendee-import": "an import of one's own, which the demo has none of",
        "admin:attendee-progress": "a part of the page of an import",
        "admin:attendee-refused": "a CSV file",
        "admin:accounts_auditentry_export": "a CSV file",
        "admin:analytics-month": "a CSV file",
        "admin:platform-setting-revert": "asks why, and sets a setting back, which the demo has none of",
        "admin:jobs-workers": "a part of the page of jobs",
        "admin:jobs-redrive": "takes a POST and sends back to the page",
        "appeal": "a decision about something of one's own, which the demo has none of",
        "admin:accounts_case_step": "asks whether a step is meant, and takes it",
        "admin:accounts_case_trust": "takes a POST and sends back to the case",
        "admin:events_attendee_take_off": "asks whether it is meant, and takes somebody off",
        "admin:voting_round_step": "asks whether a step is meant, and takes it",
        "admin:control-snapshot": "JSON for the control room",
        "admin:events_event_step": "asks whether a step is meant, and takes it",
        "admin:search": "a part of the console's search",
        "api-schema": "the OpenAPI document",
        "picture": "a picture",
        "my-copy": "a zip file",
        "erasure": "how far somebody's erasure is, of which the demo has none",
        "api-unknown": "JSON: refuses what is not in the API",
        "revoke-key": "takes a POST and sends back to the page",
        "revoke-keys": "takes a POST and sends back to the page",
        "sign-in-there": "takes a POST and leads to another site",
        "connect-there": "takes a POST and leads to another site",
        "disconnect-it": "takes a POST and sends back to the page",
        "google_callback": "the way back from another site",
        "spotify_callback": "the way back from another site",
        "apple_callback": "the way back from another site",
        "apple_finish_callback": "the way back from another site",
        "socialaccount_signup": "sends on whoever does not come from another site",
        "socialaccount_login_error": "an error's page, answered with its status",
        "socialaccount_connections": "sends on to the page of security",
        "send-email-link": "takes a POST and sends back to the page",
        "keep-email": "takes a POST and sends back to the page",
        "stop-looking": "takes a POST and sends back to the page",
        "set_language": "takes a POST and sends back to the page",
        "end-session": "takes a POST and sends back to the page",
        "end-other-sessions": "takes a POST and sends back to the page",
        "end-all-sessions": "takes a POST and sends to the entrance",
        "event-pages:calendar": "a calendar file",
        "messaging:sms-status": "a webhook of the SMS provider",
        "mfa_index": "the same as my-security, under the name its library knows",
        "mfa_authenticate": f"the second step of signing in: {_LOOKED_AT_ON_THE_WAY}",
        "mfa_login_webauthn": "JSON for the page's script; takes a POST",
        "mfa_reauthenticate": f"sends on whoever has no second factor: {_LOOKED_AT_ON_THE_WAY}",
        "mfa_reauthenticate_webauthn": f"sends on whoever has no passkey: {_LOOKED_AT_ON_THE_WAY}",
        "mfa_activate_totp": f"asks again who one is: {_LOOKED_AT_ON_THE_WAY}",
        "mfa_deactivate_totp": f"asks again who one is: {_LOOKED_AT_ON_THE_WAY}",
        "mfa_view_recovery_codes": f"asks again who one is: {_LOOKED_AT_ON_THE_WAY}",
        "mfa_generate_recovery_codes": f"asks again who one is: {_LOOKED_AT_ON_THE_WAY}",
        "mfa_download_recovery_codes": "a text file",
        "mfa_add_webauthn": f"asks again who one is: {_LOOKED_AT_ON_THE_WAY}",
        "mfa_edit_webauthn": f"asks again who one is: {_LOOKED_AT_ON_THE_WAY}",
        "mfa_remove_webauthn": f"asks again who one is: {_LOOKED_AT_ON_THE_WAY}",
        "account_set_password": "sends on whoever has a password, and nobody has none",
        "admin:login": "sends on to our own sign-in",
        "admin:logout": "takes a POST",
        "admin:password_change": "sends on to our own page",
        "admin:password_change_done": "sends on to our own page",
        "admin:autocomplete": "JSON for the fields of the console",
        "admin:jsi18n": "a script",
        "admin:view_on_site": "sends on to the public page",
        "admin:app_list": "a part of the console's first page",
    }
)
LEFT_OUT_BELOW: Final[Mapping[str, str]] = MappingProxyType(
    {
        "api/v1/": "JSON: its document is fuzzed and checked",
        "admin/": "nameless: sends on, or refuses what is not there",
    }
)
"""Reasons for all that is not in VISITED below a route."""


def visit_of(address: Address) -> Visit | None:
    """How it is visited. Django's pages for each model are looked at by everybody whom the console lets in."""
    if addresses.is_model_page(address.name):
        return Visit((Visitor.ORGANIZER, Visitor.ADMIN), kind=Kind.CONSOLE)
    return VISITED.get(address.name)


def reason_of(address: Address) -> str | None:
    """Why nobody looks at it; None when it is not an exception."""
    below = (reason for route, reason in LEFT_OUT_BELOW.items() if address.route.startswith(route))
    return LEFT_OUT.get(address.name) or (None if address.name.startswith("admin:") else next(below, None))


def forgotten(known: Iterable[Address]) -> list[str]:
    """Which of these nobody looks at and nobody has explained."""
    return [found.name or found.route for found in known if visit_of(found) is None and reason_of(found) is None]


def pages() -> Iterator[Page]:
    """All of them, in the resolver's order."""
    for address in addresses.known():
        if visit := visit_of(address):
            yield from _pages(address.name, visit)


def _pages(address: str, visit: Visit) -> Iterator[Page]:
    short = address.partition("-pages:")[2] or address.replace(":", "-").replace("_", "-")
    for place, where in visit.places.items():
        for visitor in visit.visitors:
            words = [short, place, "" if visitor is Visitor.NOBODY else f"as-{visitor}"]
            name = "-".join(filter(None, words))
            yield Page(name, visitor, visit.kind, _path(address, where, visitor), is_stale=place == STALE)


def _path(address: str, where: Where, visitor: Visitor) -> Callable[[], str]:
    def path() -> str:
        user = visitor.user()
        return addresses.first_row(address, user) if user and addresses.is_model_page(address) else where(address)

    return path
