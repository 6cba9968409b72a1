"""Event addresses of the API (under /api/v1/)."""

from typing import Final

from django.urls import path

from config.lib.api.converters import PUBLIC_ID
from events.api import attendee_views, lineup_views, venue_views, views

_EVENT: Final = f"events/<{PUBLIC_ID}:event_id>"
_SLOT: Final = f"{_EVENT}/artists/<{PUBLIC_ID}:artist_id>"

app_name = "events"
urlpatterns = [
    path("events", views.EventsView.as_view(), name="events"),
    path(_EVENT, views.EventView.as_view(), name="event"),
    path(f"{_EVENT}/publish", views.PublishView.as_view(), name="event-publish"),
    path(f"{_EVENT}/go-live", views.GoLiveView.as_view(), name="event-go-live"),
    path(f"{_EVENT}/close", views.CloseView.as_view(), name="event-close"),
    path(f"{_EVENT}/archive", views.ArchiveView.as_view(), name="event-archive"),
    path(f"{_EVENT}/cancel", views.CancelView.as_view(), name="event-cancel"),
    path(f"{_EVENT}/artists", lineup_views.LineUpView.as_view(), name="lineup"),
    path(_SLOT, lineup_views.SlotView.as_view(), name="slot"),
    path(f"{_SLOT}/accept", lineup_views.AcceptView.as_view(), name="slot-accept"),
    path(f"{_SLOT}/decline", lineup_views.DeclineView.as_view(), name="slot-decline"),
    path(f"{_EVENT}/join", attendee_views.JoinView.as_view(), name="event-join"),
    path(f"attendees/<{PUBLIC_ID}:attendee_id>/confirm", attendee_views.ConfirmView.as_view(), name="attendee-confirm"),
    path("venues", venue_views.VenuesView.as_view(), name="venues"),
]
