"""Pages of events."""

from django.urls import path

from events import views

app_name = "event-pages"
urlpatterns = [
    path("", views.home, name="home"),
    path("events/", views.events, name="events"),
    path("events/<slug:slug>/", views.event, name="event"),
    path("events/<slug:slug>/leave/", views.leave, name="leave"),
    path("events/<slug:slug>/calendar.ics", views.calendar, name="calendar"),
    path("c/<str:code>/", views.confirm, name="confirm"),
]
