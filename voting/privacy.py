"""What voting holds about people: their votes. They are counted for good; whose they were is forgotten."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.personal_data import PersonalData, Row, Section, register
from accounts.persons import Person
from config.lib.rows import in_pieces
from events.persons import attendees_of
from events.privacy import leave_everywhere
from voting.models import Ballot


def _votes(person: Person) -> Iterable[Row]:
    mine = Ballot.objects.filter(attendee__in=list(attendees_of(person).values_list("pk", flat=True)))
    return in_pieces(
        mine,
        *("received_at", "round__event__title", "round__number", "entry__slot__artist__name"),
        *("channel", "receipt", "state", "reason"),
    )


def forget(person: Person, now: datetime) -> None:
    """The ballots stay as they were cast, without an attendee. They leave first: whoever has no vote left must not vote again."""
    left = list(leave_everywhere(person).values_list("pk", flat=True))
    Ballot.objects.filter(attendee__in=left).update(attendee=None)


register(
    PersonalData(
        app="voting",
        personal={"voting.Ballot": ["attendee", "decided_by"]},
        not_personal={
            "voting.Ballot": {"source": "a digest: of a voting token, or of a number of ours"},
            "voting.Round": {"name": "what an organizer calls a round", "vote_config": "rules of voting"},
        },
        sections=(Section("votes", _("Votes you cast"), _votes),),
        forget=forget,
        goes=(_("Which votes were yours"),),
        stays=(_("The votes themselves: they were counted, and are nobody's from then on"),),
    )
)
