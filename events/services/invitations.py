"""The mail that invites an artist to a line-up."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import formats, translation
from django.utils.translation import gettext as _

from events.models import Slot
from messaging.links import preferences_link
from messaging.models import Address, Channel, Purpose
from messaging.services import outbox
from messaging.services.addresses import address_for


def send_invitation(*, slot: Slot, now: datetime) -> None:
    """Queue the mail, in the artist's language as far as we know it; artists nobody can write to get none.

    Answers go to the organizer. Raises ChannelNotOffered.
    """
    address = _address_of(slot)
    if address is None:
        return
    event, organizer = slot.event, slot.event.owner
    language = address.language or settings.LANGUAGE_CODE
    with translation.override(language):
        starts_at = event.starts_at.astimezone(ZoneInfo(event.venue.timezone))
        context = {
            "artist": slot.artist.name,
            "number": slot.ballot_number,
            "event": event.title,
            "venue": str(event.venue),
            "when": formats.date_format(starts_at, "DATETIME_FORMAT"),
            "organizer": str(organizer),
            "preferences": preferences_link(address.pk, now=now),
        }
        subject = _("You are invited to play: %(event)s") % context
        text = render_to_string("events/mail/invitation.txt", context)
    outbox.queue(
        purpose_key=f"invitation:{slot.pk}:{int(now.timestamp())}",
        kind="invitation",
        purpose=Purpose.EVENT,
        channel=Channel.EMAIL,
        address=address,
        topic=event.topic,
        language=language,
        subject=" ".join(subject.split()),
        text=text,
        headers={"Reply-To": organizer.email},
        now=now,
    )


def _address_of(slot: Slot) -> Address | None:
    artist = slot.artist
    if artist.contact:
        return artist.contact
    owner = artist.owner
    return address_for(channel=Channel.EMAIL, value=owner.email, user=owner, language=owner.language) if owner else None
