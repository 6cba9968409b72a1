"""Django, set up. `config/asgi.py` imports this before anything that imports models; its name sorts first for that."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

django_application = get_asgi_application()
