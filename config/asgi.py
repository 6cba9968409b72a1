"""The ASGI application: the edge first, then Django, WebSockets, and what starts and stops with the process."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = get_asgi_application()  # before anything that imports models

from channels.routing import ProtocolTypeRouter  # noqa: E402 - models may only be imported once Django is set up

application = ProtocolTypeRouter({"http": django_application})
