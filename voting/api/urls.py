"""Voting addresses of the API (under /api/v1/). Casting a vote and reading leaderboards are answered by the edge."""

from typing import Final

from django.urls import path

from config.lib.api.converters import PUBLIC_ID
from voting.api import viewing, views

_EVENT: Final = f"events/<{PUBLIC_ID}:event_id>"
_ROUND: Final = f"{_EVENT}/rounds/<int:number>"

app_name = "voting"
urlpatterns = [
    path(f"{_EVENT}/rounds", views.RoundsView.as_view(), name="rounds"),
    path(_ROUND, views.RoundView.as_view(), name="round"),
    path(f"{_ROUND}/open", views.OpenView.as_view(), name="round-open"),
    path(f"{_ROUND}/close", views.CloseView.as_view(), name="round-close"),
    path(f"{_ROUND}/reveal", views.RevealView.as_view(), name="round-reveal"),
    path(f"{_EVENT}/voting-token", views.VotingTokenView.as_view(), name="voting-token"),
    path(f"{_EVENT}/viewing-token", viewing.ViewingTokenView.as_view(), name="viewing-token"),
    path("votes/<slug:receipt>", views.ReceiptView.as_view(), name="receipt"),
]
