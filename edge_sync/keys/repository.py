"""The portal's TUF repository with its online keys."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from edge_sync.keys import online
from edge_sync.repository.layout import Layout
from edge_sync.repository.publisher import Repository


def layout() -> Layout:
    return Layout(Path(settings.VAR_DIR) / "tuf")


def repository() -> Repository:
    return Repository(layout(), online.signer)
