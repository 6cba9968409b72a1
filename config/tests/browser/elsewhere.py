"""What other people do meanwhile, in a thread of their own: Playwright's event loop runs in ours."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from voting.ballot_box import cast_sync
from voting.vote import Vote


def cast(votes: Sequence[Vote]) -> None:
    """Votes from elsewhere, all accepted or refused when this returns."""
    with ThreadPoolExecutor(max_workers=1) as other:
        other.submit(cast_sync, votes).result()
