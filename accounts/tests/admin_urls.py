"""The admin at an address, whether or not the site mounts it."""

from django.contrib import admin
from django.urls import path

urlpatterns = [path("desk/", admin.site.urls)]
