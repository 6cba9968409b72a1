"""Messaging's own addresses; `POST /sms/join` is at the edge (edge.py)."""

from django.urls import path

from messaging import views

app_name = "messaging"
urlpatterns = [
    path("sms/status", views.status, name="sms-status"),
    path("p/<str:token>/", views.preferences, name="preferences"),
]
