"""Makes an export: one snapshot of the database becomes one deterministic zip."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from approvals import export_sources
from approvals.selectors.records.export import Scope, erasure_is_waiting, exported, exported_rows
from approvals.selectors.records.export_files import approval_files, commands
from approvals.selectors.records.export_offline import offline_told
from approvals.tasks.export_pdf import pdf_of
from approvals.tasks.export_readme import readme
from approvals.tasks.export_rows import Written, checkpoints_write, rows_write
from approvals.tasks.export_zip import digest_of, files_below, zip_write
from approvals.verify.source import page, verifier
from mlops_portal.foundation.ledger.models import Checkpoint
from mlops_portal.foundation.ledger.selectors import checkpoint_latest, keys
from mlops_portal.foundation.ledger.selectors.snapshot import snapshot
from mlops_portal.foundation.ledger.services import log_sequence
from mlops_portal.foundation.wire import note
from mlops_portal.foundation.wire.errors import Conflict, NotFound
from mlops_portal.foundation.wire.jcs import canonical

FORMAT = "mlops-portal/export@2"
COUNTED = ("evidence", "manifests", "policies", "statements")
Step = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Made:
    """A finished export."""

    digest: str
    events: int


def export_write(
    scope: Scope, out: Path, *, language: str = "en", step: Step = lambda done, total: None
) -> Made:
    """Write the zip to ``out``. The same log, filter and language give the same bytes.

    Raises NotFound for an empty log, Conflict while something is being erased.
    """
    log_sequence()
    with (
        tempfile.TemporaryDirectory(prefix="export-") as name,
        snapshot(),
        translation.override(language),
        timezone.override("UTC"),
    ):
        last = checkpoint_latest()
        if last is None:
            raise NotFound(_("The log is empty; there is nothing to export."))
        if erasure_is_waiting(last.size):
            raise Conflict(_("Something is being erased at this moment; export again in a few seconds."))
        folder = Path(name)
        total = exported(scope, size=last.size).count()
        written = rows_write(
            folder,
            exported_rows(scope, size=last.size),
            last=last,
            whole=scope.whole,
            step=lambda done: step(done, total),
        )
        checkpoints_write(folder, last=last)
        files = _beside(scope, written, last, language)
        for path, data in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        _seal(folder, scope, written, last, language)
        return Made(zip_write(folder, out), written.events)


def _beside(scope: Scope, written: Written, last: Checkpoint, language: str) -> dict[str, bytes]:
    """Every file but the events and the seal."""
    added = offline_told(export_sources.files(), size=last.size)
    rosters = [data for name, data in added.items() if name.startswith("rosters/")]
    files = approval_files(written.named, rosters) | added
    facts = _facts(scope, written, last)
    key_id = keys.checkpoint_verifier().key_id.hex()
    return files | {
        "checkpoint.txt": last.note.encode(),
        "log.pdf": pdf_of(language=language, facts=facts, rows=written.newest, events=written.events),
        "README.txt": readme(whole=scope.whole, facts=facts, key_id=key_id, commands=commands(files)),
        "verify.py": verifier(),
        "verify.html": page(),
    }


def _facts(scope: Scope, written: Written, last: Checkpoint) -> list[tuple[str, str]]:
    told = scope.told()
    named = {_("From"): told["from"], _("To"): told["to"], _("Model"): told["model"]}
    return [
        (_("Log"), keys.origin()),
        *((name, value) for name, value in named.items() if value),
        (_("Events in this export"), str(written.events)),
        (_("Events in the log"), str(last.size)),
        (_("Root of the log"), bytes(last.root).hex()),
        (_("Public key of the log"), str(keys.checkpoint_verifier())),
    ]


def _seal(folder: Path, scope: Scope, written: Written, last: Checkpoint, language: str) -> None:
    """``export.json`` with the digest of every file, and ``export.note``, which signs it."""
    names = files_below(folder)
    totals = {
        "events": written.events,
        "leaves": last.size,
        "erased": written.erased,
        **{kind: sum(_is_in(name, kind) for name in names) for kind in COUNTED},
    }
    told: Mapping[str, Any] = {
        "format": FORMAT,
        "filter": scope.told(),
        "language": language,
        "totals": totals,
        "files": {name: digest_of(folder / name) for name in names},
    }
    (folder / "export.json").write_bytes(canonical(told))
    text = f"{keys.origin()}/export\n{digest_of(folder / 'export.json')}\n"
    sealed = note.sign(text, name=keys.origin(), private=keys.checkpoint_key())
    (folder / "export.note").write_text(sealed, encoding="utf-8")


def _is_in(name: str, kind: str) -> bool:
    return name.startswith(f"{kind}/") and name.endswith(".json")
