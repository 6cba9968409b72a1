"""The words of a text that are about joining and leaving events."""

from collections.abc import Callable

from channels.db import database_sync_to_async

from events.services import texting
from messaging.inbound import Handle, Inbound, Reply, Step, register


def _in_thread(service: Callable[[Inbound], Reply | None]) -> Handle:
    """The service as a handler: on a thread of the pool, whose database connection is given back afterwards."""
    handle: Handle = database_sync_to_async(service, thread_sensitive=False)
    return handle


register(step=Step.YES, handle=_in_thread(texting.confirm_newest))
register(step=Step.VERB, verbs=("JOIN",), handle=_in_thread(texting.join_named))
register(step=Step.VERB, verbs=("LEAVE",), handle=_in_thread(texting.leave_named))
register(step=Step.KEYWORD, handle=_in_thread(texting.join_bare))
