"""The websocket's address."""

from django.urls import path

from mlops_portal.foundation.shell.consumers import Live

websocket_urlpatterns = [path("ws/live", Live.as_asgi(), name="live")]
