"""An export of a small log with two decisions; ways to open, change, seal again and verify it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.utils import timezone

from approvals.models import LinePolicy
from approvals.selectors.records.export import Scope
from approvals.selectors.seal_key import seal_key, seal_public
from approvals.services.decisions import decide
from approvals.services.statements import statement_for
from approvals.tasks.export_write import export_write
from approvals.tasks.export_zip import zip_write
from approvals.transitions import Verdict
from edge_sync.models import ReleaseTarget
from edge_sync.services.releases import releases_claim, releases_publish
from edge_sync.services.reports import reports_receive
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.selectors import checkpoint_latest, keys
from mlops_portal.foundation.ledger.services import (
    cosignature_take,
    event_record,
    log_sequence,
    personal_erase,
)
from mlops_portal.foundation.plant.models import Node
from mlops_portal.foundation.wire import note, witness
from mlops_portal.foundation.wire.assertion import seal
from mlops_portal.foundation.wire.jcs import canonical
from tests.approvals.world import Bench, trust_the_portal
from tests.edge_sync.plant import ceremony

Files = dict[str, bytes]


def decided(bench: Bench) -> Bench:
    """Approved with a passkey on line 2 and with the portal's seal on line 1, released and confirmed; one
    stranger's name erased. The rosters are signed in a real ceremony; each press's node witnesses the log."""
    log_sequence()
    at = machines(bench)
    trust_the_portal(bench.cast.line_1)
    LinePolicy.objects.update_or_create(
        line=bench.cast.line_2, defaults={"minimum_assurance": "passkey", "quorum": {"quality_engineer": 1}}
    )
    bench.key_of(bench.cast.two.quality_engineer)
    ceremony()
    first = bench.submitted()
    bench.sign(first, bench.cast.two.quality_engineer, comment="=1+1 „fein“")
    log_sequence()
    line = bench.cast.line_1
    asker, signer = bench.cast.one.ml_engineer, bench.cast.one.quality_engineer
    second = bench.submitted(by=asker, line=line, assets=bench.presses[:1])
    asked = statement_for(by=signer, request=second, verdict=Verdict.APPROVE, comment="")
    key_id, _public = seal_public(make=True)
    envelope = seal(asked.canonical.encode(), seal_key(), key_id=key_id)
    decide(by=signer, request=second, statement=asked.canonical.encode(), envelope=envelope)
    log_sequence()
    released(at)
    personal_erase(actor=SYSTEM, kind="person", id=str(asker.pk))
    log_sequence()
    witnessed(at)
    with transaction.atomic():
        event_record(type="log.verified", actor=SYSTEM, public={"events": 1, "faults": 0})
    log_sequence()
    return bench


def witnessed(at: dict[str, Machine]) -> None:
    """Every node cosigns the newest checkpoint."""
    latest = checkpoint_latest()
    assert latest
    for slug, machine in at.items():
        name = witness.name_of(keys.origin(), f"node-{slug}")
        text = note.split(latest.note)[0]
        line = witness.cosign(text, name=name, private=machine.key, at=timezone.now())
        one = witness.Witness(name, machine.key.public_key().public_bytes_raw())
        cosignature_take(witness=one, signed=latest.note + line, now=timezone.now())


def released(at: dict[str, Machine]) -> None:
    """Every machine gets what was approved and says that it runs it."""
    releases_claim()
    for _wave in range(2):
        releases_publish()
        for target in ReleaseTarget.objects.exclude(published_at=None).filter(reported_at=None):
            artifact = target.release.approval.version.artifact_id
            for state in ("desired", "verified", "active", "confirmed"):
                report = at[target.asset.slug].report(target.asset.slug, target.number, state, artifact)
                reports_receive(node=target.asset.node, reports=[report])
    assert not ReleaseTarget.objects.exclude(state="confirmed").exists()


def machines(bench: Bench) -> dict[str, Machine]:
    """A node with a key of its own beside every press."""
    at = {}
    for press in bench.presses:
        key = Ed25519PrivateKey.generate()
        press.node = Node.objects.create(
            name=f"Node of {press}", slug=f"node-{press.slug}", line=press.line,
            registered_at=timezone.now(), enrolled_at=timezone.now(),
            public_key=key.public_key().public_bytes_raw().hex(),
        )  # fmt: skip
        press.save()
        at[press.slug] = Machine(key)
    return at


class Machine:
    """Signs reports as a node does."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self.key, self.sequence = key, 0

    def report(self, asset: str, number: int, state: str, artifact: str) -> dict[str, Any]:
        self.sequence += 1
        said: dict[str, Any] = {
            "sequence": self.sequence, "asset": asset, "number": number, "artifact": artifact,
            "state": state, "reason": "", "at": timezone.now().isoformat(timespec="seconds"), "measures": {},
        }  # fmt: skip
        return said | {"signature": self.key.sign(canonical(said)).hex()}


def made(scope: Scope, out: Path) -> Path:
    export_write(scope, out)
    return out


def files_of(path: Path) -> Files:
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def packed(files: Files) -> bytes:
    """As an export packs them."""
    with tempfile.TemporaryDirectory() as name:
        folder, out = Path(name) / "files", Path(name) / "export.zip"
        for path, data in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        zip_write(folder, out)
        return out.read_bytes()


def sealed_again(files: Files, change: Callable[[dict[str, Any]], object] = lambda told: None) -> Files:
    """As somebody would who holds the log's key: digests and seal fit what the files say now."""
    told = json.loads(files["export.json"])
    told["files"] = {
        name: sha256(data).hexdigest()
        for name, data in files.items()
        if name not in ("export.json", "export.note")
    }
    change(told)
    body = canonical(told)
    text = f"{keys.origin()}/export\n{sha256(body).hexdigest()}\n"
    sealed = note.sign(text, name=keys.origin(), private=keys.checkpoint_key())
    return {**files, "export.json": body, "export.note": sealed.encode()}


def verified(verifier: Path, export: Path, *more: str, packages: Path) -> subprocess.CompletedProcess[str]:
    """Run the verifier in a Python that has ``packages`` alone: no site, no environment, no portal."""
    start = (
        "import runpy, sys; sys.argv = sys.argv[1:]; "
        f"sys.path.append({str(packages)!r}); runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", start, str(verifier), str(export), *more],
        capture_output=True, text=True, timeout=60, cwd=export.parent, env={},
    )  # fmt: skip


def cryptography_alone(folder: Path) -> Path:
    """A folder of packages that holds cryptography and what it needs."""
    import cryptography

    site = Path(cryptography.__file__).parent.parent
    folder.mkdir()
    for pattern in ("cryptography", "cffi", "_cffi_backend*", "pycparser"):
        for one in site.glob(pattern):
            (folder / one.name).symlink_to(one)
    return folder
