"""One person, one vote, also for somebody who turns out to have been two attendees.

When attendees are merged their ballots stay where they are. If both voted in a round that is not closed yet, the older
attendee's ballot counts and the younger's is superseded (product.md, "Who owns what about a person"); a closed round is not
touched.
"""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F

from accounts import audit
from accounts.actors import Actor
from voting import relay
from voting.models import Ballot, BallotState, Tally

REASON: Final = "MERGED"

# All but the first ballot of each person in each round in progress: that of the attendee who stands comes first.
_TOO_MANY = """
SELECT id FROM (
    SELECT ballot.id, row_number() OVER (
        PARTITION BY ballot.round_id, COALESCE(attendee.merged_into_id, attendee.id)
        ORDER BY attendee.merged_into_id IS NOT NULL, ballot.received_at, ballot.id
    ) AS place
    FROM events_attendee AS attendee
    JOIN voting_round AS round ON round.event_id = attendee.event_id AND round.status IN ('open', 'closing')
    JOIN voting_ballot AS ballot ON ballot.attendee_id = attendee.id AND ballot.round_id = round.id
    WHERE ballot.state = 'accepted' AND COALESCE(attendee.merged_into_id, attendee.id) IN (
        SELECT merged_into_id FROM events_attendee AS younger
        WHERE younger.event_id = round.event_id AND younger.merged_into_id IS NOT NULL
    )
) AS ranked
WHERE place > 1 ORDER BY id"""


def supersede_merged(*, actor: Actor, now: datetime) -> int:
    """Supersede what merged attendees have voted too much in rounds in progress. Returns how many ballots that was."""
    return sum(_superseded(actor=actor, ballot=ballot, now=now) for ballot in list(Ballot.objects.raw(_TOO_MANY)))


@transaction.atomic
def _superseded(*, actor: Actor, ballot: Ballot, now: datetime) -> bool:
    """Take the ballot out of the count, unless somebody has done so already."""
    accepted = Ballot.objects.filter(pk=ballot.pk, state=BallotState.ACCEPTED)
    if not accepted.update(state=BallotState.SUPERSEDED, reason=REASON):
        return False
    counted = Tally.objects.filter(round=ballot.round_id, entry=ballot.entry_id, channel=ballot.channel)
    counted.update(votes=F("votes") - 1)
    audit.record(actor=actor, action="ballot.supersede", subject=ballot, now=now, receipt=ballot.receipt, reason=REASON)
    event_id = ballot.round.event_id
    transaction.on_commit(lambda: relay.mark(event_id))
    return True
