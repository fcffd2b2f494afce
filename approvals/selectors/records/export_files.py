"""What goes with the events of an export: statements, evidence, manifests, policies and public keys."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from approvals.models import Decision, EvidencePack, Policy
from approvals.transitions import Assurance
from approvals.verify.proofs import plain_bytes
from labeling.models import TrainingManifest
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.registry.models import Artifact
from mlops_portal.foundation.registry.services import artifact_read
from mlops_portal.foundation.wire.assertion import b64url, from_b64url
from mlops_portal.foundation.wire.jcs import canonical
from mlops_portal.foundation.wire.note import Key
from mlops_portal.foundation.wire.release import signed_file

CHUNK = 500


@dataclass(slots=True)
class Named:
    """The things that exported events name, by kind."""

    things: dict[str, set[str]] = field(default_factory=dict)

    def note(self, subjects: Iterable[tuple[str, str, str]]) -> None:
        for _relation, kind, key in subjects:
            if kind in ("decision", "evidence", "manifest"):
                self.things.setdefault(kind, set()).add(key)

    def of(self, kind: str) -> list[str]:
        return sorted(self.things.get(kind, set()))


def approval_files(named: Named, rosters: Iterable[bytes]) -> dict[str, bytes]:
    """By their path: ``statements/``, ``evidence/``, ``manifests/``, ``now/`` (rows that figures of now
    rest on), ``policies/`` and ``keys/``."""
    decisions = list(
        Decision.objects.filter(pk__in=named.of("decision"))
        .select_related("person", "request__version__model", "request__policy")
        .order_by("at", "pk")
    )
    files: dict[str, bytes] = {}
    for one in decisions:
        files |= _statement(one.statement.encode(), one.envelope)
    packs = {one.digest: one.body for one in EvidencePack.objects.filter(digest__in=named.of("evidence"))}
    files |= {f"evidence/{digest}.json": body.encode() for digest, body in packs.items()}
    parsed = [json.loads(body) for body in packs.values()]
    digests = {*named.of("manifest"), *(pack["manifest"]["digest"] for pack in parsed)}
    for kept in TrainingManifest.objects.filter(digest__in=digests):
        files[f"manifests/{kept.digest}.json"] = kept.body.encode()
    rows = {(pack.get("now") or {}).get("rows", "") for pack in parsed}
    for artifact in Artifact.objects.filter(pk__in=rows, kind="now"):
        files[f"now/{artifact.sha256}.json"] = artifact_read(artifact)
    files |= _policies({pack["version"].rpartition("/")[0] for pack in parsed})
    return files | key_files(decisions, rosters)


def _statement(statement: bytes, envelope: Mapping[str, str]) -> dict[str, bytes]:
    """The file that the verifier reads, and beside it the bare bytes for openssl."""
    name = f"statements/{sha256(statement).hexdigest()}"
    bare = plain_bytes(statement, dict(envelope))
    return {
        f"{name}.json": signed_file(statement, envelope),
        **{f"{name}.{end}": data for end, data in bare.items()},
    }


def _policies(models: set[str]) -> dict[str, bytes]:
    """All versions of the policies of these models."""
    return {
        f"policies/{one.model.slug}/{one.version}.json": canonical(
            {"model": one.model.slug, "version": one.version, "rules": one.body}
        )
        for one in Policy.objects.filter(model__slug__in=models).select_related("model")
    }


def checkpoint_keys() -> list[str]:
    """Every key that ever signed a checkpoint, as the log names them."""
    return [event.data["key"] for event in Event.objects.filter(type="ledger.key.used").order_by("id")]


def key_files(decisions: Iterable[Decision], rosters: Iterable[bytes]) -> dict[str, bytes]:
    """``keys/checkpoint.json``, ``keys/signing.json`` and each key as PEM.

    The keys that signed come from the log, whoever deleted a passkey since; the rosters add the others.
    """
    names = list(dict.fromkeys(checkpoint_keys()))
    passkeys: dict[str, dict[str, str]] = {}
    seals: dict[str, str] = {}
    for data in rosters:
        roster = json.loads(data)
        seals |= {one["id"]: one["public"] for one in roster["seal_keys"]}
        for someone in roster["people"]:
            for kept in someone["passkeys"]:
                public = from_b64url(kept["public_key"], "public_key")
                passkeys[kept["id"]] = _passkey(kept["id"], someone["id"], public)
    subjects = [str(one.pk) for one in decisions]
    for event in _signings(subjects):
        key = event.data["key"]
        if event.data["assurance"] == Assurance.PASSKEY:
            public = from_b64url(key["public"], "public_key")
            passkeys[key["id"]] = _passkey(key["id"], event.actor_id, public)
        else:
            seals[key["id"]] = key["public"]
    signing: dict[str, Any] = {
        "passkeys": [passkeys[one] for one in sorted(passkeys)],
        "seals": [{"id": one, "public": seals[one]} for one in sorted(seals)],
    }
    files = {"keys/checkpoint.json": canonical(names), "keys/signing.json": canonical(signing)}
    for name in names:
        key_of = Key.parse(name)
        files[f"keys/checkpoint-{key_of.key_id.hex()}.pem"] = _pem(key_of.public)
    for one, public_hex in seals.items():
        files[f"keys/seal-{one[:16]}.pem"] = _pem(bytes.fromhex(public_hex))
    for entry in passkeys.values():
        der = from_b64url(entry["public_key"], "public_key")
        files[entry["file"]] = load_der_public_key(der).public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        )
    return files


def _signings(decisions: list[str]) -> Iterable[Event]:
    """The events that tell of these decisions."""
    told = Event.objects.filter(type="approvals.decision.signed")
    for start in range(0, len(decisions), CHUNK):
        keys = decisions[start : start + CHUNK]
        yield from told.filter(subjects__kind="decision", subjects__key__in=keys).distinct().order_by("id")


def _passkey(credential: str, person: str, public_key: bytes) -> dict[str, str]:
    file = f"keys/passkey-{sha256(credential.encode()).hexdigest()[:16]}.pem"
    return {"id": credential, "person": person, "public_key": b64url(public_key), "file": file}


def _pem(public: bytes) -> bytes:
    key = Ed25519PublicKey.from_public_bytes(public)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def commands(files: Mapping[str, bytes]) -> list[str]:
    """One openssl command for each statement in ``files``."""
    signing = json.loads(files["keys/signing.json"])
    pems = {one["id"]: one["file"] for one in signing["passkeys"]}
    pems |= {one["id"]: f"keys/seal-{one['id'][:16]}.pem" for one in signing["seals"]}
    lines = []
    for name in sorted(one for one in files if one.startswith("statements/") and one.endswith(".json")):
        envelope: dict[str, Any] = json.loads(files[name])["envelope"]
        pem = pems.get(envelope.get("credential_id") or envelope.get("key_id", ""), "")
        if not pem:
            continue
        base = name.removesuffix(".json")
        if _is_ed25519(files[pem]):
            how = f"openssl pkeyutl -verify -pubin -inkey {pem} -rawin -in {base}.signed -sigfile {base}.sig"
        else:
            how = f"openssl dgst -sha256 -verify {pem} -signature {base}.sig {base}.signed"
        lines.append(how)
    return lines


def _is_ed25519(pem: bytes) -> bool:
    body = b"".join(line for line in pem.splitlines() if not line.startswith(b"-----"))
    return len(base64.b64decode(body)) == 44  # RFC 8410: 12 bytes before the 32 of the key
