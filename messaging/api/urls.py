"""Messaging's addresses of the API (under /api/v1/)."""

from django.urls import path

from messaging.api import views

app_name = "messaging-api"
urlpatterns = [
    path("notification-preferences", views.KindChoicesView.as_view(), name="kind-choices"),
    path("notification-preferences/<slug:kind>/<slug:channel>", views.KindChoiceView.as_view(), name="kind-choice"),
]
