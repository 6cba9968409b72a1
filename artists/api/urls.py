"""Artist addresses of the API (under /api/v1/)."""

from django.urls import path

from artists.api import views
from config.lib.api import converters

app_name = "artists"
urlpatterns = [
    path("artists", views.ArtistsView.as_view(), name="artists"),
    path(f"artists/<{converters.PUBLIC_ID}:artist_id>", views.ArtistView.as_view(), name="artist"),
]
