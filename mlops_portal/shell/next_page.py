"""Where to go after a POST: back to a page of ours, and nowhere else."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def safe_url(request: HttpRequest, url: str, otherwise: str) -> str:
    """``url`` where it is ours, else the address of the view named ``otherwise``."""
    allowed = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if allowed else resolve_url(otherwise)


def next_page(request: HttpRequest, otherwise: str) -> str:
    """The form's ``next``, checked."""
    return safe_url(request, request.POST.get("next", ""), otherwise)
