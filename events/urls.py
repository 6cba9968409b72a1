"""Pages of events."""

from django.urls import path

from events import views

app_name = "event-pages"
urlpatterns = [
    path("c/<str:code>/", views.ConfirmPage.as_view(), name="confirm"),
]
