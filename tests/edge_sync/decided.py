"""Approved requests with real signatures, as approvals leave them: rows, and their events in the log."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.utils import timezone
from fido2.utils import websafe_encode

from approvals.events import register_types as types_of_approvals
from approvals.models import ApprovalRequest, Decision, EvidencePack, Policy
from approvals.selectors.seal_key import seal_key, seal_public
from mlops_portal.foundation.ledger.services import event_record, log_sequence
from mlops_portal.foundation.plant.models import Asset, AssetType, Line, Person
from mlops_portal.foundation.registry.models import Artifact, Feature, ModelVersion, RegisteredModel
from mlops_portal.foundation.registry.selectors import spec_bytes
from mlops_portal.foundation.registry.services import artifact_put
from mlops_portal.foundation.wire import assertion, golden, jcs, statement
from monitoring.models import GoldenSample
from tests.directory.signing import SoftKey
from tests.edge_agent import models

EDGES = {"force": [760.0, 800.0, 840.0], "power": [21.0, 23.0, 25.0]}


types_of_approvals()  # registering again changes nothing


def make_model(press: AssetType, judge: Person) -> RegisteredModel:
    """The small press of the agent's tests, with two golden samples."""
    now = timezone.now()
    found = RegisteredModel.objects.create(
        slug="press",
        name="Press quality",
        asset_type=press,
        window_seconds=60,
        created_at=now,
        classes=[
            {"key": key, "words": {"en": key}, "icon": "check", "defect": key != "ok"}
            for key in models.CLASSES
        ],
    )
    for order, (key, unit) in enumerate((("force", "kN"), ("power", "kW"))):
        Feature.objects.create(model=found, key=key, words={"en": key}, unit=unit, order=order)
    for force, truth in ((790.0, "ok"), (820.0, "crack")):
        GoldenSample.objects.create(
            model=found,
            code=f"G-{force:.0f}",
            readings={"force": force, "power": 23.0},
            truth=truth,
            tolerance=0.7,
            safety=truth == "crack",
            judged_by=judge,
            judged_at=now,
        )
    return found


def make_version(model: RegisteredModel, onnx: bytes) -> ModelVersion:
    number = model.versions.count() + 1
    artifact: Artifact = artifact_put(data=onnx, kind="onnx", name=f"press {number}")
    return ModelVersion.objects.create(
        model=model,
        number=number,
        state="approved",
        artifact=artifact,
        pipeline="test",
        reference={"features": {key: {"edges": edges} for key, edges in EDGES.items()}},
        reference_digest="0" * 64,
        measures={"classes": list(models.CLASSES)},
        created_at=timezone.now(),
    )


def make_request(
    version: ModelVersion, line: Line, numbers: dict[str, int], by: Person, *, fallback: str = "", **more: Any
) -> ApprovalRequest:
    now = timezone.now()
    samples = [
        {
            "code": one.code,
            "readings": one.readings,
            "truth": one.truth,
            "tolerance": one.tolerance,
            "safety": one.safety,
        }
        for one in version.model.golden.all()
    ]
    body = jcs.canonical({"numbers": numbers, "version": str(version)}).decode()
    policy, _made = Policy.objects.get_or_create(
        model=version.model, version=1, defaults={"digest": "0" * 64, "set_at": now}
    )
    evidence = EvidencePack.objects.create(
        digest=statement.challenge(f"{body}{now}".encode()).hex(), version=version, body=body, created_at=now
    )
    values: dict[str, Any] = {
        "numbers": numbers,
        "champions": dict.fromkeys(numbers, ""),
        "fallback_digest": fallback,
        "golden_digest": golden.build(model=version.model.slug, samples=samples)[1],
        "state": "approved",
        "nonce": "nonce",
        "created_at": now,
        "not_after": now + timedelta(days=7),
    }
    request = ApprovalRequest.objects.create(
        version=version, line=line, evidence=evidence, policy=policy, asked_by=by, **(values | more)
    )
    request.assets.set(Asset.objects.filter(slug__in=numbers))
    return request


def statement_of(request: ApprovalRequest, person: Person, **changes: Any) -> bytes:
    now = timezone.now()
    said: dict[str, Any] = {
        "model": f"{request.version.model.slug}/{request.version.number}",
        "artifact": request.version.artifact_id,
        "verdict": "approve",
        "meaning": "I approve it",
        "person_id": str(person.pk),
        "person_name": person.name,
        "role": "quality_engineer",
        "comment": "",
        "line": request.line.slug,
        "targets": request.numbers,
        "predecessors": request.champions,
        "fallback": request.fallback_digest,
        "spec": sha256(spec_bytes(request.version)).hexdigest(),
        "golden": request.golden_digest,
        "evidence": request.evidence_id,
        "policy": "press/1",
        "request": str(request.pk),
        "nonce": request.nonce,
        "time": now,
        "not_after": request.not_after,
    }
    return statement.canonical(statement.build(**(said | changes)))


def passkey_signed(payload: bytes, key: SoftKey) -> dict[str, Any]:
    options = {"publicKey": {"challenge": websafe_encode(statement.challenge(payload)), "rpId": "localhost"}}
    found = json.loads(key.sign(options))
    return {
        "kind": "passkey",
        "credential_id": found["id"],
        "authenticator_data": found["response"]["authenticatorData"],
        "client_data": found["response"]["clientDataJSON"],
        "signature": found["response"]["signature"],
    }


def sealed(payload: bytes, key: Ed25519PrivateKey | None = None) -> dict[str, Any]:
    return assertion.seal(payload, key or seal_key(make=True), key_id=seal_public(make=True)[0])


def decide(
    request: ApprovalRequest, person: Person, envelope: dict[str, Any], payload: bytes, *, logged: bool = True
) -> Decision:
    with transaction.atomic():
        found = Decision.objects.create(
            request=request,
            person=person,
            role="quality_engineer",
            verdict="approve",
            assurance="passkey" if envelope["kind"] == "passkey" else "code",
            statement=payload.decode(),
            envelope=envelope,
            at=timezone.now(),
        )
        if logged:
            for kind in ("approvals.decision.signed", "approvals.request.approved"):
                event_record(type=kind, actor=person.actor, subjects=[request.ref(), found.ref()])
    if logged:
        log_sequence()
    return found


def approved(
    version: ModelVersion,
    line: Line,
    numbers: dict[str, int],
    person: Person,
    key: SoftKey | None,
    **more: Any,
) -> ApprovalRequest:
    """A request that ``person`` approved, with their passkey or, without one, with the portal's seal."""
    request = make_request(version, line, numbers, person, **more)
    payload = statement_of(request, person)
    decide(request, person, passkey_signed(payload, key) if key else sealed(payload), payload)
    return request
