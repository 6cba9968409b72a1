"""Django, set up. `__main__` imports this before anything that imports models."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()
ready = True
