"""The checks of decisions: signatures, what they rest on, duties kept apart, quorums."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

from approvals.verify.proofs import Fault, canonical, check_own_signature, parse, plain_bytes, un64, unurl
from approvals.verify.reading import Broken, Export, Facts, Open, subject
from approvals.verify.roots import moment
from approvals.verify.story import Said, Story

BEGIN, END = "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"
ED25519 = bytes.fromhex("302a300506032b6570032100")  # RFC 8410, before the 32 bytes of a key
STATEMENT = {"_type", "subject", "predicateType", "predicate"}


def load_statements(export: Export, story: Story) -> None:
    """What people signed, known before the events are read."""
    for name in (one for one in export.below("statements") if one.endswith(".json")):
        held = export.value(name)
        statement = un64(held["statement"])
        said, digest = parse(statement), sha256(statement).hexdigest()
        if set(held) != {"statement", "envelope"} or set(said) != STATEMENT or Path(name).stem != digest:
            raise Fault(f"{name} is not a statement, or another one than its name says.")
        if said["_type"] != "https://in-toto.io/Statement/v1" or len(said["subject"]) != 1:
            raise Fault(f"{name} is not a statement about one artifact.")
        if said["predicateType"] != "urn:mlops-portal:decision:v1":
            raise Fault(f"{name} is not a decision.")
        artifact = said["subject"][0]["digest"]["sha256"]
        story.add(Said(name, digest, said["predicate"], artifact, statement, held["envelope"]))


def check_decisions(export: Export, facts: Facts, story: Story) -> str:
    """Every signature, and that log and statements name one another."""
    keys, by_assurance = key_files(export), Counter[str]()
    events = {event["data"]["statement"]: event for event in facts.of("approvals.decision.signed")}
    for one in story.by_digest.values():
        name, body, event = one.name, one.body, events.pop(one.digest, None)
        if event is None:
            raise Fault(f"{name} is not a statement of which the log tells.")
        if event["actor"] != {"kind": "person", "id": body["person"]["id"]}:
            raise Fault(f"{name} was signed by somebody else than the log says.")
        key = event["data"]["key"]
        try:
            assurance = check_own_signature(one.statement, one.envelope, key["public"])
        except Fault as error:
            raise Fault(f"{name}: {error}") from None
        if (event["data"]["verdict"], event["data"]["assurance"]) != (body["verdict"], assurance):
            raise Fault(f"{name} says something else than the log.")
        used = one.envelope["credential_id" if assurance == "passkey" else "key_id"]
        if key["id"] != used or keys.get(used) != key["public"]:
            raise Fault(f"{name} was signed with another key than the log names.")
        if moment(body["time"]) > moment(body["notAfter"]):
            raise Fault(f"{name} was signed after its request had ended.")
        for part in ("signed", "sig"):
            check_plain(export, one, part)
        check_grounds(export, facts, name, parse(one.statement))
        by_assurance[assurance] += 1
    for digest in events:
        raise Fault(f"The log tells of the statement {digest}, which is missing.")
    weak = f" ({by_assurance['code']} of them sealed by the portal: weaker)" if by_assurance["code"] else ""
    return f"{sum(by_assurance.values())} decisions are signed with the keys that the log names{weak}."


def key_files(export: Export) -> dict[str, str]:
    """Public halves by id; each stands in a PEM file of its own, for openssl."""
    listed = export.value("keys/signing.json")
    keys = {one["id"]: one["public_key"] for one in listed["passkeys"]}
    wanted = {one["file"]: unurl(one["public_key"]) for one in listed["passkeys"]}
    for one in listed["seals"]:
        keys[one["id"]] = one["public"]
        wanted[f"keys/seal-{one['id'][:16]}.pem"] = ED25519 + bytes.fromhex(one["public"])
    for key in export.value("keys/checkpoint.json"):
        _name, key_id, public = key.split("+", 2)
        wanted[f"keys/checkpoint-{key_id}.pem"] = ED25519 + un64(public)[1:]
    if set(wanted) | {"keys/checkpoint.json", "keys/signing.json"} != set(export.below("keys")):
        raise Fault("The keys are not those that their lists name.")
    for name, der in wanted.items():
        lines = export.read(name).decode().split("\n")
        if lines[0] != BEGIN or lines[-2:] != [END, ""] or un64("".join(lines[1:-2])) != der:
            raise Fault(f"{name} is another key than the one that is listed.")
    return keys


def check_plain(export: Export, one: Said, part: str) -> None:
    """The bytes laid out for openssl are those of the envelope."""
    if plain_bytes(one.statement, one.envelope)[part] != export.read(f"{one.name[: -len('.json')]}.{part}"):
        raise Fault(f"The bytes for openssl beside {one.name} are others.")


def check_grounds(export: Export, facts: Facts, name: str, said: dict[str, Any]) -> None:
    """What the decision rests on, and that the person had no hand in it."""
    body = said["predicate"]
    pack = export.value(f"evidence/{body['evidence']}.json")
    policy = export.value(f"policies/{body['policy']}.json")
    if pack["artifact"] != said["subject"][0]["digest"]["sha256"] or pack["targets"] != body["targets"]:
        raise Fault(f"{name} and its evidence are about different artifacts or machines.")
    if sha256(canonical(policy["rules"]).encode()).hexdigest() != pack["policy"]["digest"]:
        raise Fault(f"{name}: its policy is not the one in the evidence.")
    if body["verdict"] == "approve" and any(g["kind"] == "hard" and not g["met"] for g in pack["gates"]):
        raise Fault(f"{name} approves although a hard gate was not met.")
    person, labels = body["person"]["id"], pack["manifest"]["per_person"]
    for event in facts.of("approvals.request.opened"):
        if subject(event, "approval_request") == body["request"] and event["actor"]["id"] != pack["asked_by"]:
            raise Fault(f"{name}: somebody else asked for the approval than its evidence says.")
    for event in facts.of("registry.version.added"):
        trainer = event["actor"]["id"] if event["actor"]["kind"] == "person" else ""
        made = subject(event, "model_version", role="about")  # its parent is named too
        if made == pack["version"] and trainer != pack["trained_by"]:
            raise Fault(f"{name}: somebody else started the training than its evidence says.")
    if person in (pack["asked_by"], pack["trained_by"]):
        raise Fault(f"{name} was signed by the person who asked for it or trained it.")
    if labels.get(person, 0) > pack["policy"]["rules"]["label_share"] * max(sum(labels.values()), 1):
        raise Fault(f"{name} was signed by somebody who gave too large a share of the labels.")
    check_manifest(export, facts, name, pack["manifest"])


def check_manifest(export: Export, facts: Facts, name: str, told: dict[str, Any]) -> None:
    """A filtered export may leave a manifest out."""
    path = f"manifests/{told['digest']}.json"
    if told["digest"] and facts.whole and path not in export.names:
        raise Fault(f"{name}: the manifest that its evidence names is missing.")
    if told["digest"] and path in export.names:
        people = Counter(row["person"] for row in export.value(path)["rows"] if row["person"])
        if people != told["per_person"]:
            raise Fault(f"{name}: its evidence names other teachers than the manifest.")


def check_quorums(facts: Facts, story: Story) -> str:
    """Every approval rests on people of the roster in force, and every decision counts under one."""
    site = [one for one in story.by_digest.values() if one.site]
    if site:
        raise Broken([f"{one.name} counts at no machine: {one.why_not}" for one in site], len(site))
    for event in facts.of("approvals.request.approved"):
        if not story.by_request.get(subject(event, "approval_request")):
            raise Fault(f"{event['data']['name']} {event['data']['number']} is approved, but nobody signed.")
    unshown = [request for request, met in story.approved.items() if not met]
    if unshown:
        lines = sorted({one.body["line"] for key in unshown for one in story.by_request[key]})
        raise Open(
            f"For {len(unshown)} approvals ({', '.join(lines)}) no roster in force showed a quorum; "
            "nothing was released on them."
        )
    lost = [one for one in story.by_digest.values() if not one.accepted]
    if lost:
        raise Open(f"{len(lost)} decisions count under no roster so far: {lost[0].name}, {lost[0].why_not}.")
    return f"{len(story.approved)} approvals rest on a quorum of the roster in force."
