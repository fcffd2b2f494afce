"""The log written anew by a thief of every online key: only offline keys and people's own resist."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fido2.utils import websafe_encode

from approvals.verify import proofs
from approvals.verify.roots import olpc
from mlops_portal.foundation.ledger.selectors import keys
from mlops_portal.foundation.wire import jcs, note, statement
from mlops_portal.foundation.wire.assertion import b64url, seal
from mlops_portal.foundation.wire.checkpoint import Checkpoint
from tests.approvals.corpus import BAD, GOOD, PLANT, names, picked
from tests.approvals.export_case import Files, sealed_again
from tests.directory.signing import SoftKey


class Thief:
    """Rewrites events, leaves, checkpoint, table and seal; nothing but offline keys and people resists."""

    def __init__(self, files: Files) -> None:
        self.files = dict(files)
        self.events = [json.loads(line) for line in files["events.jsonl"].splitlines()]
        self.rows = files["log.csv"].decode("utf-8-sig").splitlines()[1:]

    def of(self, kind: str, holding: str = "") -> dict[str, Any]:
        return next(
            one for one in self.events if one["type"] == kind and holding in json.dumps(one, sort_keys=True)
        )

    def last(self, kind: str) -> dict[str, Any]:
        return [one for one in self.events if one["type"] == kind][-1]

    def add(self, event: dict[str, Any], **changes: Any) -> dict[str, Any]:
        made: dict[str, Any] = json.loads(json.dumps(event)) | {"id": f"{len(self.events):036d}"} | changes
        self.events.append(made | {"personal": None})
        return self.events[-1]

    def subject(self, event: dict[str, Any], kind: str, key: str) -> None:
        next(one for one in event["subjects"] if one["kind"] == kind)["id"] = key

    def sealed(self) -> Files:
        known = {one["id"] for one in self.events if one["personal"]}
        parts = [json.loads(line) for line in self.files["personal.jsonl"].splitlines()]
        told = [jcs.canonical(one) for one in self.events]
        edge: list[tuple[int, bytes]] = []
        for one in told:
            proofs.push(edge, sha256(b"\x00" + one).digest())
        claim = Checkpoint(keys.origin(), len(told), proofs.root(edge)).text()
        signed = note.sign(claim, name=keys.origin(), private=keys.checkpoint_key())
        kept = {one["event"] for one in parts}
        by_event = {one["event"]: one for one in parts}
        rows = [
            f"{index},{one['id']},{one['at']},{one['type']},a,b,c,d\r\n"
            for index, one in enumerate(self.events)
        ]
        files = {
            **self.files,
            "events.jsonl": b"".join(one + b"\n" for one in told),
            "personal.jsonl": b"".join(
                jcs.canonical(by_event[one["id"]]) + b"\n" for one in self.events if one["id"] in kept & known
            ),
            "log.csv": ("\ufeffleaf,id,time,type,e,f,g,h\r\n" + "".join(rows)).encode(),
            "checkpoint.txt": signed.encode(),
            "proofs/checkpoints.jsonl": b"",
        }

        def count(said: dict[str, Any]) -> None:
            said["totals"] |= {"events": len(told), "leaves": len(told), "erased": len(known - kept)}
            said["totals"]["statements"] = len(
                [n for n in files if n.startswith("statements/") and n.endswith(".json")]
            )

        return sealed_again(files, count)

    def sign_again(
        self, key: SoftKey, change: Callable[[dict[str, Any]], object] = lambda body: None, **lies: Any
    ) -> None:
        """Replace the passkey decision by one that ``key`` signs, and everything that names it."""
        name = picked(self.files, "passkey")
        old = json.loads(self.files.pop(name))
        inner = json.loads(base64.b64decode(old["statement"]))
        change(inner)
        payload = jcs.canonical(inner)
        options = {
            "publicKey": {
                "challenge": websafe_encode(statement.challenge(payload)),
                "rpId": lies.pop("rp", "localhost"),
            }
        }
        answer = json.loads(key.sign(options, **lies))
        made = {
            "kind": "passkey", "credential_id": answer["rawId"],
            "authenticator_data": answer["response"]["authenticatorData"],
            "client_data": answer["response"]["clientDataJSON"], "signature": answer["response"]["signature"],
        }  # fmt: skip
        self.put(name, payload, made, {"id": made["credential_id"], "public": public_of(key)}, "passkey")

    def seal_again(self, private: Ed25519PrivateKey, key_id: str, public: str) -> None:
        """Replace the passkey decision by one that the portal's own key seals."""
        name = picked(self.files, "passkey")
        payload = base64.b64decode(json.loads(self.files.pop(name))["statement"])
        made = seal(payload, private, key_id=key_id)
        self.put(name, payload, dict(made), {"id": key_id, "public": public}, "code")

    def put(
        self, name: str, payload: bytes, made: dict[str, str], key: dict[str, str], assurance: str
    ) -> None:
        old, new = name[len("statements/") : -len(".json")], sha256(payload).hexdigest()
        for end in ("signed", "sig"):
            self.files.pop(f"statements/{old}.{end}")
            self.files[f"statements/{new}.{end}"] = proofs.plain_bytes(payload, made)[end]
        held = {"statement": base64.b64encode(payload).decode(), "envelope": made}
        self.files[f"statements/{new}.json"] = jcs.canonical(held)
        event = self.of("approvals.decision.signed", old)
        event["data"] |= {"statement": new, "key": key, "assurance": assurance}
        for published in (one for one in self.events if one["type"] == "edge.release.published"):
            self.describe(published)
        known = json.loads(self.files["keys/signing.json"])
        if assurance == "passkey":
            file = known["passkeys"][0]["file"]
            known["passkeys"][0] |= {"id": key["id"], "public_key": key["public"]}
            self.files[file] = pem(proofs.unurl(key["public"]))
        else:
            self.files.pop(known["passkeys"].pop(0)["file"])
        self.files["keys/signing.json"] = jcs.canonical(known)

    def describe(self, published: dict[str, Any]) -> None:
        """The descriptor's digest as it follows from the statements of its request."""
        request = next(one["id"] for one in published["subjects"] if one["kind"] == "approval_request")
        target = next(one["id"] for one in published["subjects"] if one["kind"] == "release_target")
        signed = []
        for name in names(self.files, "statements/", ".json"):
            payload = base64.b64decode(json.loads(self.files[name])["statement"])
            inner = json.loads(payload)
            if inner["predicate"]["request"] == request:
                signed.append((sha256(payload).hexdigest(), inner))
        if not signed:
            return
        body = signed[0][1]["predicate"]
        asset, _slash, number = target.rpartition("/")
        told = {
            "format": "mlops-portal/release@1", "line": body["line"], "asset": asset, "number": int(number),
            "artifact": signed[0][1]["subject"][0]["digest"]["sha256"],
            "artifact_size": published["data"]["artifact_size"], "spec": body["spec"],
            "golden": body["golden"], "fallback": body["fallback"],
            "statements": sorted(one for one, _inner in signed),
        }  # fmt: skip
        published["data"]["descriptor"] = sha256(jcs.canonical(told)).hexdigest()

    def reroster(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Another roster of line 2, of which the log tells."""
        name = "rosters/line-2/1.json"
        roster = json.loads(self.files[name])
        change(roster)
        self.files[name] = jcs.canonical(roster)
        self.of("edge.roster.signed", "line-2/1")["data"]["digest"] = sha256(self.files[name]).hexdigest()

    def relist(self, private: Ed25519PrivateKey) -> None:
        """A list of rosters as they are now, signed with another key than the offline one."""
        whole = json.loads(self.files["tuf/1.targets.json"])
        for line in ("line-1", "line-2"):
            data = self.files[f"rosters/{line}/1.json"]
            whole["signed"]["targets"][f"roster/{line}.json"] = {
                "length": len(data), "hashes": {"sha256": sha256(data).hexdigest()},
            }  # fmt: skip
        for one in whole["signatures"]:
            one["sig"] = private.sign(olpc(whole["signed"]).encode()).hex()
        self.files["tuf/1.targets.json"] = json.dumps(whole).encode()

    def reroot(self, private: Ed25519PrivateKey, copies: int = 2) -> None:
        """Another first root, whose every key is the thief's."""
        whole = json.loads(self.files["tuf/1.root.json"])
        for key in whole["signed"]["keys"].values():
            key["keyval"]["public"] = private.public_key().public_bytes_raw().hex()
        if copies == 1:
            whole["signed"]["roles"]["root"] |= {"threshold": 1}
        for one in whole["signatures"]:
            one["sig"] = private.sign(olpc(whole["signed"]).encode()).hex()
        self.files["tuf/1.root.json"] = json.dumps(whole).encode()
        self.of("edge.root.signed")["data"]["digest"] = sha256(self.files["tuf/1.root.json"]).hexdigest()


def public_of(key: SoftKey) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    der = key.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return b64url(der)


def pem(der: bytes) -> bytes:
    text = base64.b64encode(der).decode()
    rows = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN PUBLIC KEY-----", *rows, "-----END PUBLIC KEY-----", ""]).encode()


@dataclass
class Loot:
    """What the thief has beside the export: a fresh key; and for phishing, what a person's own key signs."""

    person: SoftKey
    seal_key: Ed25519PrivateKey
    seal_id: str
    seal_public: str


def fresh_decision(thief: Thief, _loot: Loot) -> None:
    thief.sign_again(SoftKey())


def forged_roster(thief: Thief, _loot: Loot) -> None:
    key = SoftKey()
    thief.sign_again(key)
    mine = {"id": websafe_encode(key.id), "public_key": public_of(key)}
    thief.reroster(lambda roster: [one.update(passkeys=[mine]) for one in roster["people"]])


def forged_list(thief: Thief, loot: Loot) -> None:
    forged_roster(thief, loot)
    thief.relist(Ed25519PrivateKey.generate())


def forged_root(thief: Thief, loot: Loot, copies: int = 1) -> None:
    forged_roster(thief, loot)
    private = Ed25519PrivateKey.generate()
    thief.relist(private)
    thief.reroot(private, copies)


def unapproved(thief: Thief, _loot: Loot) -> None:
    """One more consistently sequenced event: release 99 of a digest that nobody approved."""
    event = thief.add(thief.last("edge.release.published"))
    event["data"] |= {"number": 99}
    thief.subject(event, "release_target", "press-4/99")
    thief.subject(event, "artifact", "e" * 64)


def published_as(kind: str, key: str) -> Callable[[Thief, Loot], None]:
    def change(thief: Thief, _loot: Loot) -> None:
        event = thief.last("edge.release.published")
        thief.subject(event, kind, key)
        thief.describe(event)

    return change


def data_of(kind: str, **changes: Any) -> Callable[[Thief, Loot], None]:
    return lambda thief, _loot: thief.last(kind)["data"].update(changes)


def at(kind: str, moment: str) -> Callable[[Thief, Loot], None]:
    return lambda thief, _loot: thief.last(kind).update(at=moment)


def dropped(kind: str, holding: str = "") -> Callable[[Thief, Loot], None]:
    return lambda thief, _loot: thief.events.remove(thief.of(kind, holding))


def moved_to_end(kind: str) -> Callable[[Thief, Loot], None]:
    def change(thief: Thief, _loot: Loot) -> None:
        event = thief.of(kind, "line-2")
        thief.events.remove(event)
        thief.events.append(event)

    return change


def reported(state: str, artifact: str = "", target: str = "") -> Callable[[Thief, Loot], None]:
    def change(thief: Thief, _loot: Loot) -> None:
        event = thief.add(thief.last("edge.target.reported"))
        event["data"] |= {"state": state}
        if artifact:
            thief.subject(event, "artifact", artifact)
        if target:
            thief.subject(event, "release_target", target)

    return change


def two_artifacts(thief: Thief, _loot: Loot) -> None:
    event = thief.last("edge.release.published")
    event["subjects"].append({"relation": "artifact", "kind": "artifact", "id": "e" * 64})


def repeated(kind: str) -> Callable[[Thief, Loot], None]:
    return lambda thief, _loot: (thief.add(thief.last(kind)), None)[1]


def phished(**lies: Any) -> Callable[[Thief, Loot], None]:
    """The right person, the right key, the wrong site."""
    return lambda thief, loot: thief.sign_again(loot.person, **lies)


def on_behalf(thief: Thief, loot: Loot) -> None:
    thief.sign_again(loot.person, lambda inner: inner["predicate"].update(role="ml_engineer"))


def over_time(thief: Thief, loot: Loot) -> None:
    def change(inner: dict[str, Any]) -> None:
        inner["predicate"].update(time="2026-01-01T00:00:00+00:00", notAfter="2026-01-02T00:00:00+00:00")

    thief.sign_again(loot.person, change)


def sealed_for_passkey(thief: Thief, loot: Loot) -> None:
    thief.seal_again(loot.seal_key, loot.seal_id, loot.seal_public)


THEFTS: dict[str, tuple[str, Callable[[Thief, Loot], None]]] = {
    "nothing is changed": (GOOD, lambda thief, loot: None),
    "the person signs again": (GOOD, lambda thief, loot: thief.sign_again(loot.person)),
    "a node refuses what is unapproved": (GOOD, reported("refused", "e" * 64, "press-4/99")),
    "a decision signed with a fresh key": (PLANT, fresh_decision),
    "a decision and a roster forged": (BAD, forged_roster),
    "a decision, a roster and its list forged": (BAD, forged_list),
    "a decision, a roster, its list and the root forged": (BAD, forged_root),
    "a root of one key under two names": (BAD, lambda thief, loot: forged_root(thief, loot, 2)),
    "an unapproved release": (PLANT, unapproved),
    "another artifact published": (PLANT, published_as("artifact", "e" * 64)),
    "another machine published": (PLANT, published_as("release_target", "press-9/2")),
    "another number published": (PLANT, published_as("release_target", "press-4/7")),
    "another line published": (PLANT, published_as("line", "line-1")),
    "another request published": (PLANT, published_as("approval_request", "0" * 36)),
    "another description published": (PLANT, data_of("edge.release.published", descriptor="0" * 64)),
    "another size published": (PLANT, data_of("edge.release.published", artifact_size=1)),
    "two artifacts in one release": (BAD, two_artifacts),
    "published after the roster ended": (PLANT, at("edge.release.published", "2099-01-01T00:00:00.000000Z")),
    "published at no time": (BAD, at("edge.release.published", "yesterday")),
    "published before it was approved": (PLANT, moved_to_end("approvals.request.approved")),
    "a roster of which nothing is told": (BAD, dropped("edge.roster.signed", "line-2/1")),
    "a root of which nothing is told": (BAD, dropped("edge.root.signed")),
    "a roster signed after the release": (PLANT, moved_to_end("edge.roster.signed")),
    "a roster told twice": (BAD, repeated("edge.roster.signed")),
    "a root told twice": (BAD, repeated("edge.root.signed")),
    "a request approved twice": (BAD, repeated("approvals.request.approved")),
    "an approval taken out": (PLANT, dropped("approvals.request.approved", "line-2")),
    "a decision taken out": (BAD, dropped("approvals.decision.signed", '"passkey"')),
    "a release taken out": (PLANT, dropped("edge.release.published", "press-4/")),
    "an unpublished model is active": (PLANT, reported("active", target="press-4/99")),
    "another model is active": (PLANT, reported("active", "e" * 64)),
    "another model is confirmed": (PLANT, reported("confirmed", "e" * 64)),
    "another model is gone back from": (PLANT, reported("fallen_back", "e" * 64)),
    "a decision made at another site": (PLANT, phished(origin="https://portal.example")),
    "a decision made in a frame": (PLANT, phished(crossOrigin=True)),
    "a decision with a top site": (PLANT, phished(topOrigin="http://localhost:8000")),
    "a decision for another relying party": (PLANT, phished(rp="portal.example")),
    "a decision without checking who": (PLANT, phished(flags=0)),
    "a decision in a role not held": (PLANT, on_behalf),
    "a decision after its end": (PLANT, over_time),
    "a seal where a passkey is due": (PLANT, sealed_for_passkey),
}  # fmt: skip
