"""Releases: from the portal's repository to a model that runs, step by step; each survives a power cut.

The approvals are checked (``wire.release.accept``) and the number is remembered: desired, downloading.
Digests and spec fit: verified. Golden samples on this CPU: golden_passed. Switched in one step: active.
The station's watch then confirms it or goes back. What is refused leaves what runs as it is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from edge_sync.agent.config import Config
from edge_sync.agent.disk.files import Files
from edge_sync.agent.disk.installed import Installed
from edge_sync.agent.disk.store import FORGOTTEN
from edge_sync.agent.machine.activations import Activations
from edge_sync.agent.machine.infer import BadModel, Model
from edge_sync.agent.machine.running import Running
from edge_sync.agent.machine.station import Station
from edge_sync.agent.sending.witnessing import ROSTER
from edge_sync.agent.updating.golden_run import golden_run
from edge_sync.agent.updating.repository import Repository, UpdatesStop
from mlops_portal.foundation.wire import golden, release, roster
from mlops_portal.foundation.wire import spec as wire_spec
from mlops_portal.foundation.wire.errors import Invalid
from mlops_portal.foundation.wire.formats import OtherVersion
from mlops_portal.foundation.wire.release import Descriptor, Refused
from mlops_portal.foundation.wire.spec import ModelSpec

log = logging.getLogger("agent.updates")


@dataclass(frozen=True, slots=True)
class Parts:
    """What a release consists of, verified."""

    spec: ModelSpec
    artifact: bytes
    golden: tuple[golden.Golden, ...]


class Updates:
    """``open_repository`` makes a fresh view of the portal's TUF repository, or raises UpdatesStop."""

    def __init__(
        self,
        config: Config,
        activations: Activations,
        kept: Files,
        stations: Mapping[str, Station],
        open_repository: Callable[[], Repository],
    ) -> None:
        self._config, self._activations, self._kept = config, activations, kept
        self._stations, self._open = stations, open_repository

    def check(self, now: datetime) -> None:
        """Look for releases once; UpdatesStop says why nothing can be updated now."""
        repository = self._open()
        line = self._config.line
        data = repository.get(f"roster/{line}.json")
        if data is None:
            raise UpdatesStop(f"the repository has no roster of {line}; a ceremony publishes it")
        try:
            who = roster.parse(data)
        except Invalid as error:
            raise UpdatesStop(error.sentence) from None
        self._activations.revoke(who.revoked)
        digest, store = self._kept.put(data), self._activations.store
        if store.meta(ROSTER) != digest:
            with store.transaction():
                store.set_meta(ROSTER, digest)
        if self._activations.store.meta(FORGOTTEN, False):
            self._learn_numbers(repository)
        stopped = []
        for asset in self._config.assets:
            try:
                descriptor = repository.get(f"lines/{line}/{asset}.json")
                if descriptor is not None:
                    self._consider(repository, asset, descriptor, who, digest, now)
            except Invalid as error:
                stopped.append(f"{asset}: {error.sentence}")
            except UpdatesStop as error:  # one asset's missing file stops no other asset
                stopped.append(f"{asset}: {error}")
        if stopped:
            raise UpdatesStop("; ".join(stopped))

    def _learn_numbers(self, repository: Repository) -> None:
        """After the store was lost: every machine's number is read again before any update is taken."""
        for asset in self._config.assets:
            try:
                descriptor = repository.get(f"lines/{self._config.line}/{asset}.json")
                number = release.parse(descriptor).number if descriptor is not None else 0
            except Invalid:
                continue  # it is refused below
            highest = self._activations.seen(asset)
            log.info("%s: the portal names release %d; accepted here: %s", asset, number, highest)
        with self._activations.store.transaction():
            self._activations.store.set_meta(FORGOTTEN, False)

    def _consider(
        self,
        repository: Repository,
        asset: str,
        data: bytes,
        who: roster.Roster,
        roster_digest: str,
        now: datetime,
    ) -> None:
        descriptor = release.parse(data)
        seen = self._activations.seen(asset)
        known = seen is not None and (seen.number, seen.digest) == (descriptor.number, descriptor.digest)
        if known and self._activations.finished(asset, descriptor.number):
            return
        try:
            statements = self._accept(repository, asset, descriptor, who, now, begin=not known)
            parts = self._verify(repository, asset, descriptor, now)
            self._test_and_switch(asset, descriptor, parts, statements, roster_digest, now)
        except Refused as refused:
            log.warning("%s: release %d is refused: %s", asset, descriptor.number, refused.sentence)
            accepted = self._activations.seen(asset)
            if accepted and accepted.digest == descriptor.digest:
                self._activations.move(
                    asset,
                    descriptor.number,
                    descriptor.artifact,
                    "refused",
                    reason=f"{refused.reason}: {refused.sentence}",
                    now=now,
                )
            else:
                self._activations.refuse_unseen(descriptor, refused.reason, refused.sentence, now)

    def _accept(
        self,
        repository: Repository,
        asset: str,
        descriptor: Descriptor,
        who: roster.Roster,
        now: datetime,
        *,
        begin: bool,
    ) -> tuple[str, ...]:
        """Check the approvals; returns the digests of the files that carry them."""
        carried = []
        for digest in descriptor.statements:
            file = repository.get(f"lines/{self._config.line}/{digest}.statement.json")
            if file is None:
                raise Refused("statement-missing", f"Statement {digest[:12]} is not in the repository.")
            try:
                carried.append((release.parse_signed(file), self._kept.put(file)))
            except Invalid as error:
                raise Refused("malformed", error.sentence) from None
        release.accept(
            descriptor,
            [one for one, _digest in carried],
            who,
            line=self._config.line,
            asset=asset,
            seen=self._activations.seen(asset),
            now=now,
            revoked=self._activations.revoked(),
        )
        if begin:
            with self._activations.store.transaction():
                self._activations.see(asset, descriptor.number, descriptor.digest)
                for state in ("desired", "downloading"):
                    self._activations.move(asset, descriptor.number, descriptor.artifact, state, now=now)
        return tuple(digest for _one, digest in carried)

    def _verify(self, repository: Repository, asset: str, descriptor: Descriptor, now: datetime) -> Parts:
        """Download and compare every digest."""
        folder = f"lines/{self._config.line}"

        def need(path: str, digest: str, what: str) -> bytes:
            data = repository.get(f"{folder}/{path}")
            if data is None:
                raise UpdatesStop(f"{what} of {asset}/{descriptor.number} is not in the repository")
            if sha256(data).hexdigest() != digest:
                raise Refused(f"{what}-mismatch", f"The {what} is not the one of the release.")
            return data

        raw_spec = need(f"{descriptor.spec}.spec.json", descriptor.spec, "spec")
        raw_golden = need(f"{descriptor.golden}.golden.json", descriptor.golden, "golden")
        artifact = need(f"{descriptor.artifact}.onnx", descriptor.artifact, "artifact")
        try:
            spec, samples = wire_spec.parse(raw_spec), golden.parse(raw_golden)
        except OtherVersion as error:
            raise Refused(error.code, error.sentence) from None
        except Invalid as error:
            raise Refused("malformed", error.sentence) from None
        if spec.artifact != descriptor.artifact or len(artifact) != descriptor.artifact_size:
            raise Refused("spec-mismatch", "The spec describes another artifact.")
        if spec.model != self._config.assets[asset]:
            raise Refused("wrong-model", f"{asset} runs {self._config.assets[asset]}, not {spec.model}.")
        if self._activations.state(asset, descriptor.number) != "golden_passed":
            self._activations.move(asset, descriptor.number, descriptor.artifact, "verified", now=now)
        return Parts(spec, artifact, samples)

    def _test_and_switch(
        self,
        asset: str,
        descriptor: Descriptor,
        parts: Parts,
        statements: tuple[str, ...],
        roster_digest: str,
        now: datetime,
    ) -> None:
        try:
            model = Model(parts.artifact, parts.spec)
        except BadModel as error:
            raise Refused("golden-failed", str(error)) from None
        run = golden_run(model, parts.spec, parts.golden, limit_ms=self._config.golden_ms)
        if run.failed:
            raise Refused("golden-failed", f"{run.failed}.")
        self._activations.move(
            asset,
            descriptor.number,
            descriptor.artifact,
            "golden_passed",
            measures=run.measures(),
            now=now,
        )
        one = Installed(
            asset=asset,
            number=descriptor.number,
            descriptor=descriptor.digest,
            artifact=descriptor.artifact,
            spec=descriptor.spec,
            golden=descriptor.golden,
            fallback=descriptor.fallback,
            roster=roster_digest,
            statements=statements,
        )
        self._stations[asset].activate(Running(one, parts.spec, model), now)
        self._activations.fetch_again(asset, 0)
