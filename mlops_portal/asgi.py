"""The web process: HTTP through Django, live updates through Channels."""

import gc
import os

gc.disable()  # what is loaded stays: looking through it again and again costs a fifth of the start

from django.core.asgi import get_asgi_application  # noqa: E402 - after the line above

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mlops_portal.settings")
http = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402 - needs the apps, which the line above loads
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402 - as above
from django.urls import get_resolver  # noqa: E402 - as above

from mlops_portal.foundation.shell.routing import websocket_urlpatterns  # noqa: E402 - as above
from mlops_portal.foundation.shell.same_origin import SameOrigin  # noqa: E402 - as above

application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": SameOrigin(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)
_pages = get_resolver().url_patterns  # before the first request, not with it
gc.freeze()
gc.enable()
