"""The console's pages of events, venues and attendees."""

from events.admin import attendees, events, imports, venues

__all__ = ["attendees", "events", "imports", "venues"]
