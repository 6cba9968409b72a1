"""The personal vote link `/v/<code>/`: acts for its attendee without a log-in, until a week after the event."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.urls import reverse

from events.links import personal_code
from events.models import Attendee

PURPOSE: Final = "voting.vote"
GRACE: Final = timedelta(days=7)  # afterwards it leads to the recap for a while


def vote_code(attendee: Attendee) -> str:
    """The last part of the attendee's link. The attendee's event must be loaded."""
    return personal_code(attendee, purpose=PURPOSE, grace=GRACE)


def vote_link(attendee: Attendee) -> str:
    """The whole address, for texts, mails and buttons."""
    return settings.PUBLIC_URL + reverse("voting-pages:personal", args=[vote_code(attendee)])
