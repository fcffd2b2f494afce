"""The bill of materials (CycloneDX 1.6, JSON) of what ``mlops-portal[portal]`` or ``[edge]`` brings along.

Versions and hashes are those of ``requirements.lock``, licences those that the installed packages name. The
same lock gives the same file.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import uuid
from hashlib import sha256
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from mlops_portal.foundation.wire.version import VERSION  # noqa: E402 - from here, not from what is installed

ENTRY = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
MAIN = f"pkg:pypi/mlops-portal@{VERSION}"


def locked(text: str) -> dict[str, list[tuple[str, list[str]]]]:
    """Versions and hashes by name; some have several versions, for several Pythons."""
    entries: dict[str, list[tuple[str, list[str]]]] = {}
    places = [*ENTRY.finditer(text)]
    for place, after in zip(places, [*places[1:], None], strict=True):
        hashes = HASH.findall(text[place.end() : after.start() if after else len(text)])
        entries.setdefault(canonicalize_name(place[1]), []).append((place[2], sorted(hashes)))
    return entries


def needed(dist: Distribution, extras: frozenset[str]) -> dict[str, frozenset[str]]:
    """Names with their extras that this distribution needs on this Python."""
    names: dict[str, frozenset[str]] = {}
    for line in dist.requires or ():
        one = Requirement(line)
        if any(one.marker is None or one.marker.evaluate({"extra": extra}) for extra in extras | {""}):
            name = canonicalize_name(one.name)
            names[name] = names.get(name, frozenset()) | frozenset(one.extras)
    return names


def declared(extra: str) -> dict[str, frozenset[str]]:
    """What ``pyproject.toml`` declares for an extra."""
    import tomllib

    lines = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"][extra]
    rows = [Requirement(line) for line in lines]
    return {
        canonicalize_name(one.name): frozenset(one.extras)
        for one in rows
        if one.marker is None or one.marker.evaluate()
    }


def gathered(extra: str) -> tuple[dict[str, Distribution], dict[str, list[str]]]:
    """All distributions below ``extra``, and what each needs."""
    dists: dict[str, Distribution] = {}
    needs: dict[str, set[str]] = {}
    waiting = [*declared(extra).items()]
    while waiting:
        name, extras = waiting.pop()
        try:
            dist = dists.setdefault(name, distribution(name))
        except PackageNotFoundError:
            continue  # of another platform
        now, known = needed(dist, extras), needs.setdefault(name, set())
        waiting += [(one, now[one]) for one in now.keys() - known]
        known |= now.keys()
    return dists, {name: sorted(names & dists.keys()) for name, names in needs.items()}


def purl(dist: Distribution) -> str:
    return f"pkg:pypi/{canonicalize_name(dist.metadata['Name'])}@{dist.version}"


def component(dist: Distribution, lock: dict[str, list[tuple[str, list[str]]]]) -> dict[str, Any]:
    name = canonicalize_name(dist.metadata["Name"])
    hashes = next((hashes for version, hashes in lock.get(name, []) if version == dist.version), [])
    one: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl(dist),
        "name": name,
        "version": dist.version,
        "purl": purl(dist),
        "properties": [{"name": "lock:sha256", "value": value} for value in hashes],
    }
    if expression := dist.metadata.get("License-Expression"):
        one["licenses"] = [{"expression": expression}]
    elif named := [
        text for text in dist.metadata.get_all("Classifier") or () if text.startswith("License ::")
    ]:
        one["licenses"] = [{"license": {"name": text.rpartition(" :: ")[2]}} for text in named]
    return one


def bill(extra: str) -> dict[str, Any]:
    text = (ROOT / "requirements.lock").read_text()
    dists, needs = gathered(extra)
    first = [purl(dists[name]) for name in sorted(declared(extra)) if name in dists]
    lock = locked(text)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid.uuid5(
            uuid.NAMESPACE_URL, f"{MAIN} {extra} {sha256(text.encode()).hexdigest()}"
        ).urn,
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": MAIN,
                "name": "mlops-portal",
                "version": VERSION,
                "purl": MAIN,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            },
            "properties": [{"name": "extra", "value": extra}],
        },
        "components": [component(dists[name], lock) for name in sorted(dists)],
        "dependencies": [
            {"ref": MAIN, "dependsOn": first},
            *(
                {"ref": purl(dists[name]), "dependsOn": [purl(dists[one]) for one in needs[name]]}
                for name in sorted(dists)
            ),
        ],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for extra in ("portal", "edge"):
        path = out / f"mlops-portal-{VERSION}-{extra}.cdx.json"
        made = bill(extra)
        path.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"{path}: {len(made['components'])} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
