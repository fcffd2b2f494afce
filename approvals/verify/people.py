"""The checks of decisions: signatures, what they rest on, duties kept apart, quorums."""

from __future__ import annotations

import base64
from collections import Counter
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from approvals.verify.proofs import Fault, canonical, check_statement, parse, plain_bytes, quorum_filled
from approvals.verify.reading import Export, Facts, Open, subject


def check_decisions(export: Export, facts: Facts) -> str:
    """Every signature, and that log and statements name one another."""
    keys, by_assurance = export.value("keys/signing.json"), Counter[str]()
    events = {event["data"]["statement"]: event for event in facts.of("approvals.decision.signed")}
    for name in (one for one in export.below("statements") if one.endswith(".json")):
        try:
            digest, said, assurance = check_statement(export.read(name), keys)
        except Fault as error:
            raise Fault(f"{name}: {error}") from None
        event, body = events.pop(digest, None), said["predicate"]
        if Path(name).stem != digest or event is None:
            raise Fault(f"{name} is not a statement of which the log tells.")
        if event["actor"] != {"kind": "person", "id": body["person"]["id"]}:
            raise Fault(f"{name} was signed by somebody else than the log says.")
        if (event["data"]["verdict"], event["data"]["assurance"]) != (body["verdict"], assurance):
            raise Fault(f"{name} says something else than the log.")
        if event["data"].get("key") != key_used(export.read(name), keys):
            raise Fault(f"{name} was signed with another key than the log names.")
        if datetime.fromisoformat(body["time"]) > datetime.fromisoformat(body["notAfter"]):
            raise Fault(f"{name} was signed after its request had ended.")
        for part in ("signed", "sig"):
            check_plain(export, name, part)
        check_grounds(export, facts, name, said)
        by_assurance[assurance] += 1
    for digest in events:
        raise Fault(f"The log tells of the statement {digest}, which is missing.")
    weak = f" ({by_assurance['code']} of them sealed by the portal: weaker)" if by_assurance["code"] else ""
    return f"{sum(by_assurance.values())} decisions are signed by the people whom the log names{weak}."


def key_used(data: bytes, keys: dict[str, Any]) -> dict[str, str]:
    """Id and public half of the key that a statement's envelope names, as the log tells them."""
    envelope = parse(data)["envelope"]
    if envelope["kind"] == "passkey":
        key = next(one for one in keys["passkeys"] if one["id"] == envelope["credential_id"])
        return {"id": key["id"], "public": key["public_key"]}
    key = next(one for one in keys["seals"] if one["id"] == envelope["key_id"])
    return {"id": key["id"], "public": key["public"]}


def check_plain(export: Export, name: str, part: str) -> None:
    """The bytes laid out for openssl are those of the envelope."""
    held = parse(export.read(name))
    envelope, statement = held["envelope"], base64.b64decode(held["statement"])
    if plain_bytes(statement, envelope)[part] != export.read(f"{name[: -len('.json')]}.{part}"):
        raise Fault(f"The bytes for openssl beside {name} are others.")


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
        if subject(event, "model_version") == pack["version"] and trainer != pack["trained_by"]:
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


def check_quorums(export: Export, facts: Facts) -> str:
    """Every approval rests on enough people of a roster: those whom nodes would have accepted."""
    rosters, met = [export.value(name) for name in export.below("rosters")], 0
    approvals: dict[str, list[Any]] = {}
    for name in (one for one in export.below("statements") if one.endswith(".json")):
        held = export.value(name)
        body = parse(base64.b64decode(held["statement"]))["predicate"]
        if body["verdict"] == "approve":
            approvals.setdefault(body["request"], []).append((body, held["envelope"]))
    unshown = []
    for event in facts.of("approvals.request.approved"):
        signed = approvals.pop(subject(event, "approval_request"), [])  # a request is approved once
        if not signed:
            raise Fault(f"{event['data']['name']} {event['data']['number']} is approved, but nobody signed.")
        line = signed[0][0]["line"]
        if any(quorum_filled(one["quorum"], counted(one, signed)) for one in rosters if one["line"] == line):
            met += 1
        else:
            unshown.append(line)
    if unshown:
        raise Open(
            f"For {len(unshown)} approvals ({', '.join(sorted(set(unshown)))}) no roster here shows a quorum."
        )
    return f"{met} approvals rest on a quorum of a signed roster."


def counted(roster: dict[str, Any], signed: list[Any]) -> dict[str, Any]:
    """The people {id: roles} whose approvals count under the roster."""
    people = {one["id"]: one for one in roster["people"]}
    roles = {}
    for body, envelope in signed:
        person = people.get(body["person"]["id"])
        if person is None or body["role"] not in person["roles"]:
            continue
        if envelope["kind"] == "passkey":
            key, known = envelope["credential_id"], [one["id"] for one in person["passkeys"]]
        else:
            weak = roster["minimum_assurance"] == "code"
            key, known = envelope["key_id"], [one["id"] for one in roster["seal_keys"]] if weak else []
        if key in known and key not in roster["revoked"]:
            roles[person["id"]] = person["roles"]
    return roles
