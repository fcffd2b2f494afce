"""What goes with a version: one number everywhere, its changes, and the bill of materials."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from mlops_portal.environment import BASE_DIR
from mlops_portal.foundation.wire.version import VERSION


def test_the_changes_begin_with_this_version() -> None:
    text = (BASE_DIR / "docs" / "CHANGELOG.md").read_text(encoding="utf-8")
    first = re.search(r"^## (\S+)", text, re.MULTILINE)
    assert first is not None
    assert first[1] == VERSION


def test_the_bill_of_materials_names_what_the_lock_locks(tmp_path: Path) -> None:
    command = [sys.executable, "deploy/sbom.py", "--out", str(tmp_path)]
    subprocess.run(command, cwd=BASE_DIR, check=True, capture_output=True)
    lock = (BASE_DIR / "requirements.lock").read_text(encoding="utf-8")
    for extra, needs, never in (("portal", "django", "pytest"), ("edge", "onnxruntime", "django")):
        bill = json.loads((tmp_path / f"mlops-portal-{VERSION}-{extra}.cdx.json").read_text(encoding="utf-8"))
        names = {one["name"]: one for one in bill["components"]}
        assert needs in names
        assert never not in names
        assert all(one["properties"] and f"{one['name']}==" in lock.lower() for one in names.values()), extra
        refs = {one["ref"] for one in bill["dependencies"]}
        assert refs == {one["bom-ref"] for one in names.values()} | {bill["metadata"]["component"]["bom-ref"]}
        assert all(need in refs for one in bill["dependencies"] for need in one["dependsOn"])
