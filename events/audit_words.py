"""What audit entries say of events, venues, line-ups and attendees."""

from django.utils.translation import gettext_lazy as _

from accounts.audit_words import register

register(
    {
        "event.create": _("Event created"),
        "event.edit": _("Event edited"),
        "event.delete": _("Draft deleted"),
        "event.publish": _("Event published"),
        "event.go_live": _("Event went live"),
        "event.close": _("Event closed"),
        "event.archive": _("Event archived"),
        "event.cancel": _("Event called off"),
        "slot.invite": _("Artist invited"),
        "slot.accept": _("Invitation accepted"),
        "slot.decline": _("Invitation declined"),
        "slot.withdraw": _("Artist taken off the line-up"),
        "slot.arrange": _("Line-up changed"),
        "venue.create": _("Venue added"),
        "venue.edit": _("Venue edited"),
        "attendee.join": _("Joined the event"),
        "attendee.confirm": _("Confirmed"),
        "attendee.leave": _("Left the event"),
        "attendee.invite": _("Put on the list"),
        "attendee.remove": _("Taken off the list"),
        "attendees.upload": _("List uploaded"),
        "attendees.import": _("Import started"),
        "attendees.imported": _("List imported"),
        "attendees.discard": _("Uploaded list deleted"),
    }
)
