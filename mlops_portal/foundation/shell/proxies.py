"""Whose word about the address of a visitor counts.

- What a proxy says in ``X-Forwarded-For`` counts where ``TRUSTED_PROXIES`` names it: from the right, the
  first address that is none of them is the visitor's.
- Whatever anybody else says there is left unread: it would be as many addresses as a guesser of passwords
  wants.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from structlog import get_logger

log = get_logger(__name__)
SPOKEN_FOR = (
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Port",
    "X-Forwarded-Server",
    "X-Real-IP",
    "X-Client-IP",
    "X-Cluster-Client-IP",
    "X-Original-Forwarded-For",
    "True-Client-IP",
    "CF-Connecting-IP",
    "Fastly-Client-IP",
    "Forwarded",
    "Via",
)
"""Headers that some proxy adds; their presence says that there is one."""


def is_trusted(address: str, proxies: list[IPv4Network | IPv6Network]) -> bool:
    try:
        one = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(one, "ipv4_mapped", None) or one
    return any(mapped in network for network in proxies if network.version == mapped.version)


def visitor(peer: str, forwarded: str, proxies: list[IPv4Network | IPv6Network]) -> str:
    """The address that a request began at: ``peer``, or what the proxies in front of the portal say."""
    seen = peer
    for said in reversed([one.strip() for one in forwarded.split(",") if one.strip()]):
        if not is_trusted(seen, proxies):
            break
        host = said.removeprefix("[").partition("]")[0] if said.startswith("[") else said
        host = host.partition(":")[0] if host.count(":") == 1 else host
        try:
            seen = str(ip_address(host))
        except ValueError:
            break
    return seen


class ProxyMiddleware:
    """``REMOTE_ADDR`` is the visitor's address, as far as anybody who is trusted says it."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._told = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        peer = request.META.get("REMOTE_ADDR", "")
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
        if forwarded and is_trusted(peer, settings.TRUSTED_PROXIES):
            request.META["REMOTE_ADDR"] = visitor(peer, forwarded, settings.TRUSTED_PROXIES)
        elif forwarded and not self._told:  # once: an attacker sends it as often as he likes
            self._told = True
            log.warning("proxy_not_trusted", peer=peer, mend="name the proxy in TRUSTED_PROXIES")
        return self.get_response(request)


def is_spoken_for(request: HttpRequest) -> bool:
    """Whether some proxy handed the request on, whatever it says of it."""
    return any(name in request.headers for name in SPOKEN_FOR)
