"""The files of a release, made of the approval alone; the same approval gives the same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from django.utils.translation import gettext as _

from approvals.models import ApprovalRequest
from approvals.transitions import Verdict
from edge_sync.errors import NotPublished
from mlops_portal.foundation.registry.selectors import spec_bytes
from mlops_portal.foundation.registry.services import artifact_read
from mlops_portal.foundation.wire import formats, release
from mlops_portal.foundation.wire.release import Descriptor, Signed
from monitoring.golden.selectors.samples import golden_bytes


@dataclass(frozen=True, slots=True)
class Bundle:
    """One approval's files by name, without the descriptors, and what those are built of."""

    approval: ApprovalRequest
    files: dict[str, bytes]
    signed: tuple[Signed, ...]
    spec: str
    golden: str
    artifact_size: int

    def descriptor(self, asset: str) -> bytes:
        approval = self.approval
        return release.build(
            line=approval.line.slug,
            asset=asset,
            number=approval.numbers[asset],
            artifact=approval.version.artifact_id,
            artifact_size=self.artifact_size,
            spec=self.spec,
            golden=self.golden,
            fallback=approval.fallback_digest,
            statements=[one.digest for one in self.signed],
        )

    @property
    def needs(self) -> list[str]:
        """The capabilities that a node needs for it."""
        return formats.needs_named(
            self.files[f"{self.spec}.spec.json"], self.files[f"{self.golden}.golden.json"]
        )

    def parsed(self, asset: str) -> Descriptor:
        return release.parse(self.descriptor(asset))


def bundle_of(approval: ApprovalRequest) -> Bundle:
    """Raises NotPublished where the golden set is not the approved one any more, ArtifactDamaged."""
    version = approval.version
    artifact, spec = artifact_read(version.artifact), spec_bytes(version)
    golden, golden_digest = golden_bytes(version.model)
    if golden_digest != approval.golden_digest:
        raise NotPublished(
            _("The golden set changed after the decision; ask for a new approval."), reason="golden-mismatch"
        )
    signed = tuple(
        Signed(one.statement.encode(), one.envelope)
        for one in approval.decisions.filter(verdict=Verdict.APPROVE).order_by("at")
    )
    spec_digest = sha256(spec).hexdigest()
    files = {
        f"{sha256(artifact).hexdigest()}.onnx": artifact,
        f"{spec_digest}.spec.json": spec,
        f"{golden_digest}.golden.json": golden,
    }
    files |= {
        f"{one.digest}.statement.json": release.signed_file(one.statement, one.envelope) for one in signed
    }
    return Bundle(approval, files, signed, spec_digest, golden_digest, len(artifact))
