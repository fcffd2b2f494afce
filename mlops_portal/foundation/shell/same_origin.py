"""Who may open the live channel: pages of this very address, port included."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import split_domain_port, validate_host

App = Callable[[Any, Any, Any], Awaitable[Any]]


class SameOrigin:
    """Lets through pages of the host that was asked for (one of ALLOWED_HOSTS), or of PUBLIC_URL."""

    def __init__(self, application: App) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        headers = {bytes(name).lower(): bytes(text).decode("latin1") for name, text in scope["headers"]}
        fits = is_same(headers.get(b"origin", ""), headers.get(b"host", ""))
        return await (self.application if fits else WebsocketDenier())(scope, receive, send)


def is_same(origin: str, host: str) -> bool:
    """Whether ``origin`` (scheme://host[:port]) is the address that ``host`` names, or the public one."""
    if origin == settings.PUBLIC_URL:
        return True
    parts = urlsplit(origin)
    known = validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)
    plain = origin == f"{parts.scheme}://{parts.netloc}" and parts.scheme in ("http", "https")
    return plain and known and bool(host) and parts.netloc.lower() == host.lower()
