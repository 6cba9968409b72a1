"""Pages of artists."""

from django.urls import path

from artists import views

app_name = "artist-pages"
urlpatterns = [
    path("artists/", views.artists, name="artists"),
    path("artists/<slug:slug>/", views.artist, name="artist"),
]
