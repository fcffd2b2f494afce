"""The node as a witness of the portal's decision log (``wire.witness``).

- It believes the keys that its roster names, which offline keys signed.
- A checkpoint that extends what it saw is kept, then cosigned. One that does not is refused and told once,
  with both notes as evidence; nothing is cosigned until the log extends what was seen again, or a roster says
  from which checkpoint it goes on. Judging and updates do not wait for it.
"""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge_sync.agent.config import Config
from edge_sync.agent.disk import witnessed
from edge_sync.agent.disk.files import Files
from edge_sync.agent.disk.store import Store
from edge_sync.agent.disk.witnessed import Kept
from edge_sync.agent.sending.batches import API
from edge_sync.agent.sending.transport import Portal
from mlops_portal.foundation.wire import roster, witness
from mlops_portal.foundation.wire.checkpoint import Checkpoint
from mlops_portal.foundation.wire.errors import Invalid
from mlops_portal.foundation.wire.note import NoteError
from mlops_portal.foundation.wire.receipt import Receipt
from mlops_portal.foundation.wire.roster import Roster
from mlops_portal.foundation.wire.witness import NotExtended, Offer

log = logging.getLogger("agent.witness")
ROSTER = "roster"  # in the store's ``meta``: the digest of the newest roster that the TUF client verified


class Witness:
    """``exchange`` is one look at the log, at most every ``witness_s`` seconds."""

    def __init__(
        self,
        config: Config,
        store: Store,
        kept: Files,
        key: Ed25519PrivateKey,
        portal: Portal,
        *,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config, self._store, self._files = config, store, kept
        self._key, self._portal, self._steady = key, portal, steady
        self._looked: float | None = None

    def exchange(self, now: datetime) -> None:
        """Look, keep, cosign; or refuse. transport.Away where the portal is not there."""
        who = self._roster()
        recent = self._looked is not None and self._steady() - self._looked < self._config.witness_s
        if recent or who is None or not who.log_keys:
            return
        kept = witnessed.read(self._config.home, self._store, now)
        if not kept.told:
            kept = self._tell(kept, now)
        kept = self._look(kept, who, now)
        if not kept.told:
            self._tell(kept, now)
        self._looked = self._steady()

    def _roster(self) -> Roster | None:
        data = self._files.get(self._store.meta(ROSTER, ""))
        try:
            return roster.parse(data) if data else None
        except Invalid:
            return None

    def _look(self, kept: Kept, who: Roster, now: datetime) -> Kept:
        """What is kept after one look; written before it is returned."""
        known, since = kept.checkpoint, kept.since
        if who.recovered is not None and who.recovered.since > since:
            since = who.recovered.since
            if known is not None:  # what a new node sees first is all that it can hold against anybody
                known = Checkpoint(known.origin, who.recovered.size, who.recovered.root)
        try:
            offer = self._offer(known.size if known else 0, now)
            if offer is None:
                return kept
            shown = witness.opened(offer.note, who.log_keys)
        except NoteError as error:
            log.error("what the portal shows of its log is not signed by its key: %s", error)
            return kept
        try:
            witness.check_extends(known, shown, offer.proof)
        except NotExtended as error:
            return self._refuse(kept, offer.note, str(error))
        same = kept.note and (kept.checkpoint, kept.since) == (shown, since)
        if same and not kept.refused:
            return kept
        line = witness.cosign(
            shown.text(), name=witness.name_of(shown.origin, self._config.node), private=self._key, at=now
        )
        return self._write(Kept(f"{offer.note}{line}", since, told=False))

    def _offer(self, old: int, now: datetime) -> Offer | None:
        """None where there is nothing to see yet; NoteError where it is for another witness."""
        nonce = secrets.token_hex(8)
        path = f"{API}/checkpoint?old={old}&nonce={nonce}"
        answer = self._portal.deliver("GET", path, kind="checkpoint", key=nonce, now=now)
        text = answer.said["offer"] if isinstance(answer, Receipt) else None
        if not isinstance(text, str):
            raise NoteError("the portal shows none")
        if not text:
            return None
        offer = witness.parse_offer(text)
        if offer.old != old:
            raise NoteError("the proof begins elsewhere")
        return offer

    def _refuse(self, kept: Kept, refused: str, why: str) -> Kept:
        log.error("the portal's log is refused: %s", why)
        if kept.refused:  # told before, with the first one that did not fit
            return kept
        return self._write(replace(kept, refused=refused, why=why, told=False))

    def _write(self, kept: Kept) -> Kept:
        witnessed.write(self._config.home, self._store, kept)
        return kept

    def _tell(self, kept: Kept, now: datetime) -> Kept:
        """The portal's receipt makes it told; what the portal refuses stays here, and is not sent again."""
        said = {"nonce": secrets.token_hex(8)}
        if kept.refused:
            kind, said = "dispute", said | {"kept": kept.note, "refused": kept.refused, "why": kept.why}
        else:
            kind, said = "cosignature", said | {"note": kept.note}
        body = json.dumps(said).encode()
        answer = self._portal.deliver(
            "POST", f"{API}/{kind}s", kind=kind, key=said["nonce"], body=body, now=now
        )
        if not isinstance(answer, Receipt):
            log.error("the portal does not take the %s: %s", kind, answer.sentence)
        return self._write(replace(kept, told=True))
