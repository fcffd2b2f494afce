"""The websocket's address; any other is closed at once."""

from channels.security.websocket import WebsocketDenier
from django.urls import path, re_path

from mlops_portal.foundation.shell.consumers import Live

websocket_urlpatterns = [
    path("ws/live", Live.as_asgi(), name="live"),
    re_path(r"", WebsocketDenier.as_asgi()),
]
