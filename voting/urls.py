"""Pages of votes and standings."""

from django.urls import path

from voting import views

app_name = "voting-pages"
urlpatterns = [
    path("events/<slug:slug>/vote/", views.vote, name="vote"),
    path("v/<str:code>/", views.personal, name="personal"),
    path("votes/", views.receipts, name="receipts"),
    path("votes/<str:receipt>/", views.receipt, name="receipt"),
]
