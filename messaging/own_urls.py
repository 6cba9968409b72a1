"""What messaging shows under `/me/`, beside the pages of accounts and named as they are."""

from django.urls import path

from messaging.own_views import my_notifications

urlpatterns = [path("me/notifications/", my_notifications, name="my-notifications")]
