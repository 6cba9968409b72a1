"""The console's pages of events, venues and attendees."""

from events.admin import attendees, events, venues

__all__ = ["attendees", "events", "venues"]
