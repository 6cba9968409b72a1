"""Where people can be reached: one row per channel and value."""

from collections.abc import Iterable
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from config.lib.errors import Refusal
from config.lib.phone_numbers import e164
from messaging.models import Address, Channel
from messaging.suppression import restore

_SHORTEST_NUMBER: Final = 7  # digits with the country code; less reaches somebody in some small network at most


class NotAPhoneNumber(Refusal):
    status = 422
    message = _("This is not a phone number. Write it with its country code, for example +12025550123.")


class NotAMailAddress(Refusal):
    status = 422
    message = _("This is not an e-mail address.")


def phone_number(*, value: str, country: str | None = None) -> str:
    """E.164. `country` is as in `e164`. Raises NotAPhoneNumber."""
    number = e164(value, country)
    if len(number) <= _SHORTEST_NUMBER:
        raise NotAPhoneNumber
    return number


def _phone_from_anywhere(value: str) -> str:
    return phone_number(value=value)


def _mail_address(value: str) -> str:
    address = value.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise NotAMailAddress from error
    return address


_NORMALISED: Final = {Channel.SMS: _phone_from_anywhere, Channel.EMAIL: _mail_address}


def normalised(*, channel: Channel, value: str) -> str:
    """The one spelling of an address. Raises NotAPhoneNumber or NotAMailAddress."""
    normalise = _NORMALISED.get(channel)
    return normalise(value) if normalise else value


@transaction.atomic
def address_for(*, channel: Channel, value: str, user: User | None = None, language: str = "") -> Address:
    """The address of this channel and value, made if new.

    A known address keeps its user and language; one without takes those given. Raises NotAPhoneNumber, NotAMailAddress.
    """
    address, created = Address.objects.get_or_create(
        channel=channel,
        value=normalised(channel=channel, value=value),
        defaults={"user": user, "language": language},
    )
    if created:
        restore([address])
    else:
        _complete(address, user=user, language=language)
    return address


def addresses_for(*, channel: Channel, values: Iterable[str]) -> dict[str, int]:
    """Normalised value → id of its address, made where it is new. In the caller's transaction.

    In one order everywhere, so that two who make some of the same never wait in a circle.
    """
    wanted = sorted(set(values))
    known = dict(Address.objects.filter(channel=channel, value__in=wanted).values_list("value", "pk"))
    new = [Address(channel=channel, value=value) for value in wanted if value not in known]
    Address.objects.bulk_create(new, ignore_conflicts=True)
    made = list(Address.objects.filter(channel=channel, value__in=[address.value for address in new]))
    restore(made)
    return known | {address.value: address.pk for address in made}


def _complete(address: Address, *, user: User | None, language: str) -> None:
    """Fill in what was not known, by conditional updates: of two who come at once, the first stands."""
    row = Address.objects.filter(pk=address.pk)
    changed = bool(user and address.user_id is None and row.filter(user=None).update(user=user))
    changed |= bool(language and not address.language and row.filter(language="").update(language=language))
    if changed:
        address.refresh_from_db()
