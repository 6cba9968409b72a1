"""WebSocket addresses of voting."""

from django.urls import path

from voting.consumers import LeaderboardConsumer

websockets = [path("ws/events/<str:event>/leaderboard", LeaderboardConsumer.as_asgi())]
