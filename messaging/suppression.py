"""Remembering that somebody opted out without remembering who: a keyed digest of the address.

Whoever holds the table alone cannot tell whether a number is in it, for all numbers can be tried and only the key keeps them
from it. So the key stands apart (SUPPRESSION_KEY), and it never changes: digests cannot be made anew, nobody knows of what.
"""

import hmac
from collections.abc import Sequence
from hashlib import sha256

from django.conf import settings

from messaging.models import (
    Address,
    Channel,
    ConsentDecision,
    ConsentEvent,
    ConsentPurpose,
    ConsentSource,
    OptOut,
    Suppression,
)

MAIL_PURPOSES = (ConsentPurpose.EVENT, ConsentPurpose.MARKETING)


def digest_of(channel: str, value: str) -> str:
    """64 hexadecimal digits; `value` is the address in its one spelling."""
    return hmac.new(settings.SUPPRESSION_KEY.encode(), f"{channel}:{value}".encode(), sha256).hexdigest()


def remember(addresses: Sequence[Address]) -> None:
    """Keep what these addresses have stopped, before they are forgotten. In the caller's transaction."""
    by_pk = {address.pk: digest_of(address.channel, address.value) for address in addresses}
    rows = [
        Suppression(digest=by_pk[stopped.address_id], sender_id=stopped.sender_id, since=stopped.since)
        for stopped in OptOut.objects.filter(address__in=by_pk)
    ]
    mailboxes = [address.pk for address in addresses if address.channel == Channel.EMAIL]
    said = ConsentEvent.objects.filter(address__in=mailboxes, purpose=ConsentPurpose.EVENT, topic="")
    rows += [
        Suppression(digest=by_pk[last.address_id], sender=None, since=last.at)
        for last in said.order_by("address", "-pk").distinct("address")
        if last.decision == ConsentDecision.WITHDRAWN and last.address_id
    ]
    Suppression.objects.bulk_create(rows, ignore_conflicts=True)


def restore(addresses: Sequence[Address]) -> None:
    """Put what these new addresses had stopped in force again. In the caller's transaction; one query where there is nothing."""
    by_digest = {digest_of(address.channel, address.value): address for address in addresses}
    found = list(Suppression.objects.filter(digest__in=by_digest))
    for kept in found:
        address = by_digest[kept.digest]
        if kept.sender_id:
            OptOut.objects.get_or_create(address=address, sender_id=kept.sender_id, defaults={"since": kept.since})
        else:
            ConsentEvent.objects.bulk_create(
                ConsentEvent(
                    address=address,
                    decision=ConsentDecision.WITHDRAWN,
                    purpose=purpose,
                    source=ConsentSource.KEPT,
                    at=kept.since,
                )
                for purpose in MAIL_PURPOSES
            )
    if found:
        Suppression.objects.filter(pk__in=[kept.pk for kept in found]).delete()
