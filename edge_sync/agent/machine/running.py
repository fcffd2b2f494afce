"""From an installed release to a model that runs: everything is checked again, without network or expiry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from edge_sync.agent.disk.files import Files
from edge_sync.agent.disk.installed import Installed
from edge_sync.agent.machine.infer import BadModel, Model
from mlops_portal.foundation.wire import release, roster
from mlops_portal.foundation.wire import spec as wire_spec
from mlops_portal.foundation.wire.errors import PortalError
from mlops_portal.foundation.wire.spec import ModelSpec


class CannotRun(Exception):
    """What is installed is incomplete, altered or no longer approved."""


class Altered(CannotRun):
    """A file of it is missing or altered on this disk; the repository may still have it."""


@dataclass(frozen=True, slots=True)
class Running:
    """A loaded model and what it is."""

    installed: Installed
    spec: ModelSpec
    model: Model


def load(one: Installed, kept: Files, *, line: str, now: datetime) -> Running:
    """Load ``one``; its digests, its approvals and its spec must hold under the roster that accepted it.

    A key revoked since then stops nothing that runs: that is a new release, or a person at the machine.
    """

    def need(digest: str, what: str) -> bytes:
        data = kept.get(digest)
        if data is None:
            raise Altered(f"{what} {digest[:12]} of {one.activation} is missing or altered")
        return data

    try:
        descriptor = release.parse(need(one.descriptor, "the descriptor"))
        release.accept(
            descriptor,
            [release.parse_signed(need(digest, "a statement")) for digest in one.statements],
            roster.parse(need(one.roster, "the roster")),
            line=line,
            asset=one.asset,
            seen=release.Seen(one.number, one.descriptor),
            now=now,
        )
        same = (descriptor.artifact, descriptor.spec, descriptor.golden, descriptor.fallback)
        if same != (one.artifact, one.spec, one.golden, one.fallback):
            raise CannotRun(f"what is installed as {one.activation} is not what was approved")
        spec = wire_spec.parse(need(one.spec, "the spec"))
        return Running(one, spec, Model(need(one.artifact, "the artifact"), spec))
    except (PortalError, BadModel) as error:
        raise CannotRun(str(error)) from None
