"""Asking the portal for its signed time."""

from __future__ import annotations

import secrets
import time
from datetime import datetime, timedelta
from pathlib import Path

import urllib3

from edge_sync.agent.sending.web import fetch
from mlops_portal.foundation.wire import signed_time
from mlops_portal.foundation.wire.errors import Invalid

PATH = "/api/v1/edge/time"
SLOWEST = 10.0  # seconds; the answer's age is unknown by as much
LARGEST = 4096


def _roots(home: Path, enrolled: Path) -> list[bytes]:
    """The newest root that the TUF client verified, and the one of the enrolment."""
    roots = []
    for path in (home / "tuf" / "metadata" / "root.json", enrolled):
        try:
            roots.append(path.read_bytes())
        except OSError:
            continue
    return roots


def ask(connections: urllib3.PoolManager, *, portal: str, home: Path, enrolled: Path) -> datetime | None:
    """The true time now; None where the portal does not answer, or not with a signature that holds."""
    nonce = secrets.token_hex(16)
    keys = []
    for root in _roots(home, enrolled):
        try:
            keys += signed_time.timestamp_keys(root)
        except Invalid:
            continue
    begun = time.monotonic()
    try:
        answer = fetch(connections, "GET", f"{portal}{PATH}?nonce={nonce}", most=LARGEST)
        took = time.monotonic() - begun
        if answer.status != 200 or took > SLOWEST:
            return None
        at = signed_time.parse(answer.body, nonce=nonce, keys=keys)
    except (urllib3.exceptions.HTTPError, Invalid):
        return None
    return at + timedelta(seconds=took / 2)
