"""Good and bad exports: what both verifiers must say of each. ``make corpus`` writes them to a folder.

A bundle is made by whoever the name of its dictionary says: somebody without keys, the holder of the log's
online key (``sealed_again``), or a thief of every online key who writes the log anew (``Thief``).
"""

from __future__ import annotations

import base64
import io
import json
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from approvals.verify import proofs
from approvals.verify.roots import olpc
from mlops_portal.foundation.ledger.selectors import keys
from mlops_portal.foundation.wire import jcs, note
from mlops_portal.foundation.wire.assertion import b64url
from tests.approvals.export_case import Files

Change = Callable[[Files], Files]
GOOD, PLANT, BAD = "good", "plant", "tampered"


@dataclass
class Bundle:
    """An export as bytes, what both verifiers say of it, and what they are given beside it."""

    data: bytes
    expected: str
    given: dict[str, str] = field(default_factory=dict)

    def rooted(self, root: str) -> Bundle:
        """The same, with the digest of the first root, where it is given no other."""
        return Bundle(self.data, self.expected, {"root": root} | self.given)


def names(files: Files, beginning: str, end: str = "") -> list[str]:
    found = [one for one in sorted(files) if one.startswith(beginning) and one.endswith(end)]
    assert found, f"nothing below {beginning}"
    return found


# ---- by somebody without keys: one file changed, the seal as it was

FILES = (
    "README.txt", "checkpoint.txt", "events.jsonl", "export.json", "export.note", "keys/checkpoint.json",
    "keys/signing.json", "log.csv", "log.pdf", "personal.jsonl", "proofs/checkpoints.jsonl", "verify.py",
    "verify.html", "statements/", "evidence/", "manifests/", "policies/", "rosters/", "keys/passkey",
    "keys/seal", "keys/checkpoint-", "tuf/1.root", "tuf/1.targets",
)  # fmt: skip


def flipped(name: str, place: float) -> Change:
    def change(files: Files) -> Files:
        found = names(files, name)[0]
        data = bytearray(files[found])
        data[int((len(data) - 1) * place)] ^= 1
        return {**files, found: bytes(data)}

    return change


def missing(name: str) -> Change:
    return lambda files: {one: data for one, data in files.items() if one != names(files, name)[0]}


def added(name: str) -> Change:
    return lambda files: {**files, name: b"1"}


KEYLESS: dict[str, Change] = {
    **{f"bit of {name} at {place}": flipped(name, place) for name in FILES for place in (0.0, 0.5, 1.0)},
    **{f"{name} is missing": missing(name) for name in FILES},
    **{f"{name} too many": added(name) for name in ("extra.txt", "statements/extra.json", "tuf/9.root.json")},
}


# ---- by somebody without keys: the zip itself


def doubled(data: bytes) -> bytes:
    held = io.BytesIO(data)
    with warnings.catch_warnings(), zipfile.ZipFile(held, "a") as out:
        warnings.simplefilter("ignore")
        out.writestr("log.csv", b"other")
    return held.getvalue()


def commented(data: bytes) -> bytes:
    held = io.BytesIO(data)
    with zipfile.ZipFile(held, "a") as out:
        out.comment = b"approved by everybody"
    return held.getvalue()


def squeezed(data: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as out:
        for info in old.infolist():
            out.writestr(info.filename, old.read(info))
    return held.getvalue()


def renamed_entry(new: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data.replace(b"README.txt", new)


ZIPS: dict[str, Callable[[bytes], bytes]] = {
    "bytes before the zip": lambda data: b"#!/bin/sh\n" + data,
    "bytes after the zip": lambda data: data + b"more",
    "a comment on the zip": commented,
    "an entry twice": doubled,
    "a compressed zip": squeezed,
    "a zip cut short": lambda data: data[:-5],
    "half of a zip": lambda data: data[: len(data) // 2],
    "no zip at all": lambda data: b"not a zip",
    "an empty file": lambda data: b"",
    "an entry that climbs": renamed_entry(b"../DME.txt"),
    "an entry from the root": renamed_entry(b"/EADME.txt"),
    "an entry with a backslash": renamed_entry(b"READ\\E.txt"),
    "two names of one entry": lambda data: data.replace(b"README.txt", b"REABME.txt", 1),
    "another time of an entry": lambda data: data.replace(b"\x00\x00\x21\x00", b"\x00\x00\x22\x00", 1),
    "another mode of an entry": lambda data: data.replace(b"\x00\x00\xa4\x81", b"\x00\x00\xff\xa1", 1),
    "a flag of an entry": lambda data: data.replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01", 1),
}


# ---- changed and sealed again, as the holder of the log's key could


def lines(name: str, change: Callable[[list[bytes]], list[bytes]]) -> Change:
    return lambda files: {
        **files, name: b"".join(one + b"\n" for one in change(files[name].splitlines()))
    }  # fmt: skip


def text(name: str, old: str, new: str) -> Change:
    def change(files: Files) -> Files:
        found = next(one for one in names(files, name) if old.encode() in files[one])
        return {**files, found: files[found].replace(old.encode(), new.encode(), 1)}

    return change


def renamed(beginning: str, change: Callable[[Any], object], holding: bytes = b"") -> Change:
    """Change the JSON of a file that is named after its digest, and name it anew."""

    def changed(files: Files) -> Files:
        name = next(one for one in names(files, beginning, ".json") if holding in files[one])
        value = json.loads(files[name])
        change(value)
        data = jcs.canonical(value)
        rest = {one: held for one, held in files.items() if one != name}
        return {**rest, f"{beginning}{sha256(data).hexdigest()}.json": data}

    return changed


def picked(files: Files, kind: str) -> str:
    return next(
        one for one in names(files, "statements/", ".json")
        if json.loads(files[one])["envelope"]["kind"] == kind
    )  # fmt: skip


def said(change: Callable[[dict[str, Any]], object], pick: str = "passkey") -> Change:
    """Change what somebody signed; the signature stays as it was."""

    def changed(files: Files) -> Files:
        name = picked(files, pick)
        held = json.loads(files[name])
        inner = json.loads(base64.b64decode(held["statement"]))
        change(inner)
        held["statement"] = base64.b64encode(jcs.canonical(inner)).decode()
        return {**files, name: jcs.canonical(held)}

    return changed


def envelope(change: Callable[[dict[str, Any]], object], pick: str = "passkey") -> Change:
    def changed(files: Files) -> Files:
        name = picked(files, pick)
        held = json.loads(files[name])
        change(held["envelope"])
        return {**files, name: jcs.canonical(held)}

    return changed


def swapped(files: Files) -> Files:
    """Each decision with the other's signature."""
    one, two = (picked(files, kind) for kind in ("passkey", "seal"))
    first, second = json.loads(files[one]), json.loads(files[two])
    first["envelope"], second["envelope"] = second["envelope"], first["envelope"]
    return {**files, one: jcs.canonical(first), two: jcs.canonical(second)}


def client(**lies: Any) -> Change:
    """Another client data: a signature made for another page, statement or purpose."""

    def change(held: dict[str, Any]) -> None:
        inner = json.loads(proofs.unurl(held["client_data"]))
        inner.update(lies)
        held["client_data"] = b64url(json.dumps(inner).encode())

    return envelope(change)


def listed(name: str, change: Callable[[Any], object]) -> Change:
    def changed(files: Files) -> Files:
        known = json.loads(files[name])
        change(known)
        return {**files, name: jcs.canonical(known)}

    return changed


def signing(change: Callable[[Any], object]) -> Change:
    return listed("keys/signing.json", change)


def personal(change: Callable[[dict[str, Any]], object]) -> Change:
    def changed(rows: list[bytes]) -> list[bytes]:
        first = json.loads(rows[0])
        change(first)
        return [jcs.canonical(first), *rows[1:]]

    return lines("personal.jsonl", changed)


def metadata(
    name: str, change: Callable[[dict[str, Any]], object], key: Ed25519PrivateKey | None = None
) -> Change:
    """Change what the offline keys signed; signed with ``key`` under the old key ids, or not signed again."""

    def changed(files: Files) -> Files:
        whole = json.loads(files[name])
        change(whole["signed"])
        for one in whole["signatures"] if key else []:
            one["sig"] = key.sign(olpc(whole["signed"]).encode()).hex() if key else ""
        return {**files, name: json.dumps(whole).encode()}

    return changed


SEALED: dict[str, Change] = {
    "an event left out": lines("events.jsonl", lambda rows: rows[:3] + rows[4:]),
    "the last event left out": lines("events.jsonl", lambda rows: rows[:-1]),
    "an event twice": lines("events.jsonl", lambda rows: [*rows, rows[-1]]),
    "two events in another order": lines("events.jsonl", lambda rows: [rows[1], rows[0], *rows[2:]]),
    "another time of an event": text("events.jsonl", '"at":"20', '"at":"19'),
    "another verdict in an event": text("events.jsonl", '"verdict":"approve"', '"verdict":"reject"'),
    "another actor of an event": text("events.jsonl", '"kind":"person"', '"kind":"system"'),
    "an event with blanks": text("events.jsonl", '"v":1', '"v": 1'),
    "an event that is no event": lines("events.jsonl", lambda rows: [b"{}", *rows[1:]]),
    "a line that is no JSON": lines("events.jsonl", lambda rows: [b"{", *rows[1:]]),
    "an empty line": lines("events.jsonl", lambda rows: [b"", *rows]),
    "a key twice in an event": text("events.jsonl", '"v":1}', '"v":1,"v":1}'),
    "a line cut short": lambda files: {**files, "events.jsonl": files["events.jsonl"][:-1]},
    "no events": lambda files: {**files, "events.jsonl": b""},
    "another name in a personal part": personal(lambda one: one["personal"].update(actor="Somebody else")),
    "another salt": personal(lambda one: one.update(salt="00" * 32)),
    "a personal part of another event": personal(lambda one: one.update(event="0" * 36)),
    "a personal part held back": lines("personal.jsonl", lambda rows: rows[1:]),
    "a personal part twice": lines("personal.jsonl", lambda rows: [rows[0], *rows]),
    "another time in the table": text("log.csv", ",20", ",19"),
    "a row of the table left out": lines("log.csv", lambda rows: rows[:-1]),
    "a row of the table twice": lines("log.csv", lambda rows: [*rows, rows[-1]]),
    "a checkpoint of another size": text("checkpoint.txt", "\n", "\n1"),
    "a checkpoint without its signature": lambda files: {
        **files, "checkpoint.txt": files["checkpoint.txt"].split(b"\n\n")[0] + b"\n\n"
    },
    "a checkpoint signed by another name": text("checkpoint.txt", "\u2014 local", "\u2014 other"),
    "an earlier checkpoint of another root": lines(
        "proofs/checkpoints.jsonl", lambda rows: [*rows, b'{"note":"x\\n\\n","proof":[]}']
    ),
    "another comment signed": said(lambda one: one["predicate"].update(comment="other")),
    "another artifact signed": said(lambda one: one["subject"][0]["digest"].update(sha256="0" * 64)),
    "more machines signed": said(lambda one: one["predicate"]["targets"].update({"press-9": 1})),
    "a later end signed": said(lambda one: one["predicate"].update(notAfter="2099-01-01T00:00:00+00:00")),
    "another person signed": said(lambda one: one["predicate"]["person"].update(id="0" * 36)),
    "another comment sealed": said(lambda one: one["predicate"].update(comment="other"), "seal"),
    "two subjects signed": said(lambda one: one["subject"].append(one["subject"][0])),
    "a statement of another kind": said(lambda one: one.update(predicateType="urn:other")),
    "signatures swapped": swapped,
    "a signature of zeros": envelope(lambda held: held.update(signature="AAAA")),
    "a signature with padding": envelope(lambda held: held.update(signature=held["signature"] + "==")),
    "a signature that is no text": envelope(lambda held: held.update(signature=None)),
    "an envelope of another kind": envelope(lambda held: held.update(kind="promise")),
    "an envelope with more": envelope(lambda held: held.update(more="more")),
    "an envelope with less": envelope(lambda held: held.pop("signature")),
    "a signature cut short": envelope(lambda held: held.update(authenticator_data="AAAA")),
    "a seal of zeros": envelope(lambda held: held.update(signature="00" * 64), "seal"),
    "a seal of another key": envelope(lambda held: held.update(key_id="0" * 64), "seal"),
    "a passkey of nobody": envelope(lambda held: held.update(credential_id="AAAA")),
    "a signature made for another site": client(origin="https://portal.example"),
    "a signature made in a frame": client(crossOrigin=True),
    "a signature with a top site": client(topOrigin="https://portal.example"),
    "a signature made for signing in": client(challenge="AAAA"),
    "a signature made at registration": client(type="webauthn.create"),
    "another public key in the list": signing(lambda known: known["passkeys"][0].update(public_key="AAAA")),
    "no passkeys": signing(lambda known: known.update(passkeys=[])),
    "no seal keys": signing(lambda known: known.update(seals=[])),
    "a key under another id": signing(lambda known: known["passkeys"][0].update(id="AAAA")),
    "another key for openssl": lambda files: {
        **files, names(files, "keys/passkey")[0]: files[names(files, "keys/seal")[0]]
    },
    "a checkpoint key too many": listed("keys/checkpoint.json", lambda known: known.append(other_key())),
    "a checkpoint key with another id": listed(
        "keys/checkpoint.json", lambda known: known.__setitem__(0, known[0].replace("+", "+0", 1))
    ),
    "a statement held back": missing("statements/"),
    "evidence held back": missing("evidence/"),
    "a policy held back": missing("policies/"),
    "evidence with other gates": renamed("evidence/", lambda pack: pack["gates"].clear()),
    "evidence under its old name": text("evidence/", '"met":true', '"met":false'),
    "a manifest under its old name": text("manifests/", '"label":"ok"', '"label":"no"'),
    "a manifest of others": renamed("manifests/", lambda kept: kept["rows"].clear(), b'"label"'),
    "a softer policy": text("policies/", '"label_share":0.2', '"label_share":0.9'),
    "other bytes for openssl": lambda files: {**files, names(files, "statements/", ".sig")[0]: b"1"},
    "other signed bytes for openssl": lambda files: {**files, names(files, "statements/", ".signed")[0]: b""},
    "no such key in the log": lines(
        "events.jsonl", lambda rows: [one.replace(b"ledger.key.used", b"ledger.key.lost") for one in rows]
    ),
    "a roster of others": text("rosters/line-2", '"roles":["quality_engineer"]', '"roles":["domain_expert"]'),
    "a smaller quorum": text("rosters/line-2", '"quality_engineer":1', '"quality_engineer":0'),
    "a later end of a roster": text("rosters/line-2", '"expires":"20', '"expires":"30'),
    "other origins": text("rosters/line-2", "http://localhost:8000", "http://portal.example"),
    "another relying party": text("rosters/line-2", '"rp_id":"localhost"', '"rp_id":"elsewhere"'),
    "a roster held back": missing("rosters/line-2"),
    "a roster too many": lambda files: {**files, "rosters/line-9/1.json": files["rosters/line-2/1.json"]},
    "a roster of a later version": lambda files: {
        **files, "rosters/line-2/2.json": files["rosters/line-2/1.json"]
    },
    "a root with one signature": lambda files: {**files, "tuf/1.root.json": one_signature(files)},
    "a root signed twice by one key": lambda files: {**files, "tuf/1.root.json": one_signature(files, 2)},
    "a root of another threshold": metadata(
        "tuf/1.root.json", lambda one: one["roles"]["root"].update(threshold=1)
    ),
    "a root of threshold nought": metadata(
        "tuf/1.root.json", lambda one: one["roles"]["root"].update(threshold=0)
    ),
    "a root with other expiry": metadata(
        "tuf/1.root.json", lambda one: one.update(expires="2099-01-01T00:00:00Z")
    ),
    "no root": missing("tuf/1.root"),
    "no list of rosters": missing("tuf/1.targets"),
    "a list of rosters with other expiry": metadata(
        "tuf/1.targets.json", lambda one: one.update(expires="2099-01-01T00:00:00Z")
    ),
    "a list of rosters signed by somebody": metadata(
        "tuf/1.targets.json", lambda one: one.update(expires="2099-01-01T00:00:00Z"),
        Ed25519PrivateKey.generate(),
    ),
    "a list under another version": lambda files: {
        **files, "tuf/2.targets.json": files["tuf/1.targets.json"]
    },
    "a root too many": lambda files: {**files, "tuf/2.root.json": files["tuf/1.root.json"]},
}  # fmt: skip


def other_key() -> str:
    return str(note.public_key(keys.origin(), Ed25519PrivateKey.generate()))


def one_signature(files: Files, times: int = 1) -> bytes:
    whole = json.loads(files["tuf/1.root.json"])
    whole["signatures"] = whole["signatures"][:1] * times
    return json.dumps(whole).encode()


def last_doubled(name: str) -> Change:
    return lines(name, lambda rows: [*rows, rows[-1]])


PART: dict[str, Change] = {
    "another event": text("events.jsonl", '"at":"20', '"at":"19'),
    "another place": lines("proofs/inclusion.jsonl", lambda rows: [rows[1], rows[0], *rows[2:]]),
    "no proof": lines("proofs/inclusion.jsonl", lambda rows: rows[:-1]),
    "a proof too many": lines("proofs/inclusion.jsonl", lambda rows: [*rows, rows[-1]]),
    "a proof cut short": text("proofs/inclusion.jsonl", '","', '"],["'),
    "a step too many": text("proofs/inclusion.jsonl", '"proof":["', f'"proof":["{"0" * 64}","'),
    "a place that is no place": text("proofs/inclusion.jsonl", '"index":0', '"index":-1'),
    "two events in another order": lines("events.jsonl", lambda rows: [rows[1], rows[0], *rows[2:]]),
    "an event doubled with its proof": lambda files: last_doubled("proofs/inclusion.jsonl")(
        last_doubled("events.jsonl")(files)
    ),
}  # fmt: skip
