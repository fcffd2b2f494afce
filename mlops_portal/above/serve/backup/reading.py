"""What the database at hand says of itself: for the manifest, and for whoever restores it."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from approvals.models import ApprovalRequest
from mlops_portal.above.serve.backup.errors import ArchiveUnfit
from mlops_portal.above.serve.backup.standing import Standing
from mlops_portal.foundation.ledger.selectors import checkpoint_latest, tree
from mlops_portal.foundation.ledger.selectors.keys import origin
from mlops_portal.foundation.registry.models import Artifact
from mlops_portal.foundation.wire import checkpoint, note
from mlops_portal.foundation.wire.version import VERSION

FORMAT = 1


def migrations_applied() -> list[str]:
    loader = MigrationLoader(connection)
    return sorted(f"{app}.{name}" for app, name in loader.applied_migrations if app in loader.migrated_apps)


def migrations_known() -> list[str]:
    loader = MigrationLoader(None)
    return sorted(f"{app}.{name}" for app, name in loader.disk_migrations)


def described() -> dict[str, Any]:
    """The part of the manifest that the database gives."""
    latest = checkpoint_latest()
    return {
        "format": FORMAT,
        "version": VERSION,
        "database": connection.vendor,
        "migrations": migrations_applied(),
        "checkpoint": latest.note if latest else "",
        "events": latest.size if latest else 0,
    }


def check_version(manifest: dict[str, Any]) -> None:
    """ArchiveUnfit for an archive that this version cannot put back as it was."""
    if manifest.get("format") != FORMAT:
        raise ArchiveUnfit(_("The archive has a form that this version does not read."))
    if manifest["database"] != connection.vendor:
        raise ArchiveUnfit(
            _("The archive is of a portal on %(its)s, DATABASE_URL names %(own)s.")
            % {"its": manifest["database"], "own": connection.vendor}
        )
    if manifest["migrations"] != migrations_known():
        raise ArchiveUnfit(
            _(
                "The archive is of version %(its)s, this is %(own)s with other tables; restore it with its "
                "own version, then upgrade."
            )
            % {"its": manifest["version"], "own": VERSION}
        )


def standing_now() -> Standing:
    latest = checkpoint_latest()
    numbers: dict[str, int] = {}
    for allotted in ApprovalRequest.objects.values_list("numbers", flat=True).iterator():
        for asset, number in allotted.items():
            numbers[asset] = max(number, numbers.get(asset, 0))
    own = checkpoint.parse(note.split(latest.note)[0]).origin if latest else origin()
    return Standing(own, latest.size if latest else 0, lambda size: tree(size).compact().root(), numbers)


def artifacts_lacking(digests: set[str]) -> list[str]:
    """Names of files that a row names and that did not come along."""
    rows = Artifact.objects.values_list("sha256", "name").iterator()
    return [name for digest, name in rows if digest not in digests]
