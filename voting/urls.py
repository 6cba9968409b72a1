"""Pages of votes and standings."""

from django.urls import path

from voting import board_views, views

app_name = "voting-pages"
urlpatterns = [
    path("events/<slug:slug>/vote/", views.vote, name="vote"),
    path("events/<slug:slug>/live/", board_views.live, name="live"),
    path("events/<slug:slug>/stage/", board_views.stage, name="stage"),
    path("events/<slug:slug>/recap/", board_views.recap, name="recap"),
    path("v/<str:code>/", views.personal, name="personal"),
    path("votes/", views.receipts, name="receipts"),
    path("votes/<str:receipt>/", views.receipt, name="receipt"),
]
