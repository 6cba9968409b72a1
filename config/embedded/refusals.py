"""The two ways a command ends early, and what the person at the keyboard gets to see of them."""

import sys
from collections.abc import Callable


class CannotStart(Exception):
    """Something outside the program is missing or in the way; the message is a sentence for the person at the keyboard."""


class Interrupted(Exception):
    """The person asked to stop before everything stood."""


def exit_code(action: Callable[[], int]) -> int:
    """The exit code of `action`; a refusal is said as the sentence it is and gives 1."""
    try:
        return action()
    except CannotStart as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except Interrupted:
        return 130
