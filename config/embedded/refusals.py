"""The two ways a command ends early."""


class CannotStart(Exception):
    """Something outside the program is missing or in the way; the message is a sentence for the person at the keyboard."""


class Interrupted(Exception):
    """The person asked to stop before everything stood."""
