"""The local mailbox: e-mail for development without a provider. The rows of the outbox are what it holds."""

from datetime import datetime

from messaging.providers.base import Accepted, NotThere, Outgoing


class LocalMailbox:
    name = "local_mailbox"
    parallel = 1
    keeps_content = True

    def submit(self, outgoing: Outgoing) -> Accepted:
        return Accepted(f"{outgoing.public_id}.{outgoing.attempt}")

    def look_up(self, outgoing: Outgoing, *, submitted_at: datetime, not_these: frozenset[str]) -> Accepted | NotThere:
        """Nothing that was cut short has been taken."""
        return NotThere.CERTAIN
