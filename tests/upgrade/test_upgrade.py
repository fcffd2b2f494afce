"""A database that a released version made comes up to this version whole, and its pages open."""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from approvals.models import ApprovalRequest
from edge_sync.models import Release
from mlops_portal.above.serve.backup import sqlite
from mlops_portal.above.serve.prepare import migrations_missing, migrations_unknown
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.ledger.selectors import checkpoint_latest, log_verify
from mlops_portal.foundation.ledger.types import sentence
from mlops_portal.foundation.plant.models import Node, Person
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.shell.registries import navigation

DATA = Path(__file__).parent / "data"
MADE = sorted(path.name.removesuffix(".sqlite3.xz") for path in DATA.glob("*.xz"))
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the stored databases are SQLite files"),
]


@pytest.fixture(params=MADE)
def upgraded(request: Any, settings: Any, tmp_path: Path) -> Iterator[tuple[str, dict[str, int]]]:
    """The version, and how many rows of what people did there were before."""
    settings.VAR_DIR = tmp_path / "var"  # the keys of that portal are not here, and no other's
    path = tmp_path / "portal.sqlite3"
    path.write_bytes(lzma.decompress((DATA / f"{request.param}.sqlite3.xz").read_bytes()))
    with sqlite.opened(path):
        before = counted()
        call_command("migrate", verbosity=0, interactive=False)
        yield request.param, before


KEPT = ("ledger_event", "plant_person", "registry_modelversion", "approvals_decision", "edge_sync_nodereport")


def counted() -> dict[str, int]:
    with connection.cursor() as cursor:
        counts = {}
        for table in KEPT:
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts[table] = cursor.fetchone()[0]
    return counts


def test_data_of_a_released_version_comes_up_whole(upgraded: tuple[str, dict[str, int]]) -> None:
    _version, before = upgraded
    assert not migrations_missing()
    assert not migrations_unknown()
    assert counted() == before
    assert all(before.values())
    latest = checkpoint_latest()
    assert latest is not None
    report = log_verify(kept=latest.note)
    assert (report.faults, report.events) == ([], before["ledger_event"])
    assert all(sentence(event) for event in Event.objects.select_related("personal"))
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_key_check")
        assert cursor.fetchall() == []
    assert pages_that_fail() == {}


def pages_that_fail() -> dict[str, int]:
    """Of the pages of the top bar, and of what the old portal made."""
    pages = {name: reverse(name) for name in {item.url_name for item in navigation.ITEMS}}
    for version in ModelVersion.objects.select_related("model"):
        pages[f"model {version}"] = reverse("model", args=[version.model.slug])
        pages[f"candidate {version}"] = reverse("candidate", args=[version.model.slug, version.number])
    for request in ApprovalRequest.objects.all():
        pages[f"approval {request.pk}"] = reverse("approval", args=[request.pk])
    for release in Release.objects.all():
        pages[f"release {release.pk}"] = reverse("release", args=[release.pk])
    for node in Node.objects.all():
        pages[f"node {node}"] = reverse("edge_node", args=[node.slug])
    client = Client()
    client.force_login(Person.objects.get(username="anna"))  # a quality engineer of the whole site
    answers = {name: client.get(url).status_code for name, url in pages.items()}
    return {name: code for name, code in answers.items() if code not in (200, 302, 403)}
