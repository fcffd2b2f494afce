"""An export of a small log with two decisions; ways to open, change, seal again and verify it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from approvals import export_sources
from approvals.selectors.records.export import Scope
from approvals.selectors.seal_key import seal_key, seal_public
from approvals.services.decisions import decide
from approvals.services.statements import statement_for
from approvals.tasks.export_write import export_write
from approvals.transitions import Verdict
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.selectors import keys
from mlops_portal.foundation.ledger.services import log_sequence, personal_erase
from mlops_portal.foundation.wire import note
from mlops_portal.foundation.wire.assertion import b64url, seal
from mlops_portal.foundation.wire.jcs import canonical
from tests.approvals.world import Bench, trust_the_portal

Files = dict[str, bytes]


def decided(bench: Bench) -> Bench:
    """Approved with a passkey on line 2 and with the portal's seal on line 1; one stranger's name erased."""
    log_sequence()
    first = bench.submitted()
    bench.sign(first, bench.cast.two.quality_engineer, comment="=1+1 „fein“")
    log_sequence()
    line = bench.cast.line_1
    trust_the_portal(line)
    asker, signer = bench.cast.one.ml_engineer, bench.cast.one.quality_engineer
    second = bench.submitted(by=asker, line=line, assets=bench.presses[:1])
    asked = statement_for(by=signer, request=second, verdict=Verdict.APPROVE, comment="")
    key_id, _public = seal_public(make=True)
    envelope = seal(asked.canonical.encode(), seal_key(), key_id=key_id)
    decide(by=signer, request=second, statement=asked.canonical.encode(), envelope=envelope)
    personal_erase(actor=SYSTEM, kind="person", id=str(asker.pk))
    log_sequence()
    return bench


def roster(bench: Bench, line: str) -> tuple[str, bytes]:
    """The line's roster as a ceremony signs it, with the passkeys that people have."""
    team = bench.cast.two if line == "line-2" else bench.cast.one
    person = team.quality_engineer
    held = bench.keys.get(str(person.pk))
    key_id, public = seal_public(make=True)
    body: dict[str, Any] = {
        "format": "mlops-portal/roster@1", "line": line, "version": 1,
        "expires": "2030-01-01T00:00:00+00:00", "rp_id": "localhost", "origins": ["http://localhost:8000"],
        "minimum_assurance": "passkey" if held else "code", "quorum": {"quality_engineer": 1},
        "people": [{"id": str(person.pk), "name": person.name, "roles": ["quality_engineer"],
                    "passkeys": passkeys(person)}],
        "seal_keys": [{"id": key_id, "public": public.hex()}], "revoked": [],
    }  # fmt: skip
    return f"{line}/1.json", canonical(body)


def passkeys(person: Any) -> list[dict[str, str]]:
    from approvals.selectors.passkeys import passkeys_of

    return [{"id": one.id, "public_key": b64url(one.public_key)} for one in passkeys_of(person)]


def made(bench: Bench, scope: Scope, out: Path, monkeypatch: Any) -> Path:
    """An export with both rosters in it."""
    rosters = [roster(bench, "line-1"), roster(bench, "line-2")]
    monkeypatch.setitem(export_sources._sources, "rosters", lambda: rosters)
    export_write(scope, out)
    return out


def files_of(path: Path) -> Files:
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def packed(files: Files) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as out:
        for name, data in sorted(files.items()):
            out.writestr(name, data)
    return held.getvalue()


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
