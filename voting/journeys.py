"""What voting adds to the messages and pages that bring people to an event: each attendee's own vote link."""

from events.journeys import register_vote_link
from voting.links import vote_link

register_vote_link(vote_link)
