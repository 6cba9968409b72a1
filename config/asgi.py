"""The ASGI application: the edge first, then Django, WebSockets, and what starts and stops with the process."""

from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.urls import URLPattern

from config.boot import django_application  # before whatever imports models

# isort: split
from accounts import analytics, platform_settings
from config.lib.body_limit import limited_bodies
from config.lib.edge import EdgeRoute, edge
from config.lib.lifespan import ProcessPart, lifespan
from config.lib.safe_headers import with_safe_headers
from config.sockets import nowhere
from messaging import edge as texts
from messaging import process as messaging_process
from voting import edge as votes
from voting import edge_board, relay, routing
from voting import process as voting_process

EDGE_ROUTES: list[EdgeRoute] = [*votes.ROUTES, *edge_board.ROUTES, *texts.ROUTES]
WEBSOCKETS: list[URLPattern] = [*routing.websockets, nowhere]
PROCESS_PARTS: list[ProcessPart] = [
    platform_settings.part,
    relay.part,
    voting_process.part,
    messaging_process.part,
    analytics.part,
]

application = ProtocolTypeRouter(
    {
        "http": edge(
            EDGE_ROUTES,
            otherwise=with_safe_headers(
                limited_bodies(django_application, most=settings.MOST_BODY_BYTES, larger=settings.LARGER_BODIES),
                shared=(settings.STATIC_URL, settings.MEDIA_URL),
            ),
        ),
        "websocket": URLRouter(WEBSOCKETS),
        "lifespan": lifespan(PROCESS_PARTS),
    }
)
