"""What the attacks are tried on."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from approvals.models import ApprovalRequest
from edge_sync.keys.repository import repository
from edge_sync.selectors.bundles import bundle_of
from edge_sync.tasks import publish
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.registry.selectors import spec_bytes
from mlops_portal.foundation.registry.services import artifact_read
from mlops_portal.foundation.wire import release
from mlops_portal.foundation.wire.release import Signed
from tests.attacks.node import RealNode
from tests.cast import Cast
from tests.directory.signing import SoftKey
from tests.edge_agent import models
from tests.edge_sync.decided import approved, make_model, make_version
from tests.edge_sync.plant import EdgePlant, ceremony, give_passkey, make_plant


@dataclass
class Scene:
    """``evil`` is a version that nobody approved; the thief wants it to judge parts."""

    plant: EdgePlant
    nodes: dict[str, RealNode]
    version: ModelVersion
    evil: ModelVersion
    key: SoftKey
    first: ApprovalRequest

    @property
    def good(self) -> str:
        return self.version.artifact_id

    def steal(self, line: str, asset: str, number: int, *carried: Signed, **descriptor: Any) -> None:
        """Publish ``evil`` with every online key, by hand, carrying these statements."""
        bundle = bundle_of(self.first)
        onnx = artifact_read(self.evil.artifact)
        spec = spec_bytes(self.evil)
        said: dict[str, Any] = {
            "line": line,
            "asset": asset,
            "number": number,
            "artifact": sha256(onnx).hexdigest(),
            "artifact_size": len(onnx),
            "spec": sha256(spec).hexdigest(),
            "golden": bundle.golden,
            "fallback": "",
            "statements": [one.digest for one in carried],
        }
        files = {
            f"{said['artifact']}.onnx": onnx,
            f"{said['spec']}.spec.json": spec,
            f"{asset}.json": release.build(**(said | descriptor)),
        }
        files |= {name: data for name, data in bundle.files.items() if name.endswith(".golden.json")}
        for one in carried:
            files[f"{one.digest}.statement.json"] = release.signed_file(one.statement, one.envelope)
        repository().publish(line=line, files=files, now=timezone.now())


def make_scene(cast: Cast, portal: str, folder: Path) -> Scene:
    plant = make_plant(cast)
    person = cast.two.quality_engineer
    key = give_passkey(person)
    ceremony()
    model = make_model(plant.press, cast.two.domain_expert)
    version = make_version(model, models.good())
    evil = make_version(model, models.better())
    first = approved(version, cast.line_2, {"press-2a": 1}, person, key)
    approved(version, cast.line_1, {"press-1a": 1}, cast.one.quality_engineer, None)
    publish()
    nodes = {
        f"line-{number}": RealNode(
            folder / f"node-{number}", portal, plant.nodes[f"node-{number}"], plant.assets[f"press-{number}a"]
        )
        for number in (1, 2)
    }
    for one in nodes.values():
        one.exchange()
        one.exchange()
        assert one.running() == version.artifact_id, one.updates_stop()
    return Scene(plant, nodes, version, evil, key, first)


def sql(statement: str, *values: Any) -> None:
    """What somebody with the database's password can do."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
