"""A model with a champion and a candidate, golden samples, people with passkeys: what approvals act on."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any

from allauth.mfa.models import Authenticator
from django.utils import timezone
from fido2.utils import websafe_encode

from approvals.models import ApprovalRequest, Decision, LinePolicy
from approvals.services.decisions import decide
from approvals.services.requests import request_open, request_submit
from approvals.services.statements import statement_for
from approvals.transitions import Verdict
from labeling.models import TrainingManifest
from mlops_portal.foundation.plant.models import Asset, AssetType, Person
from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel
from mlops_portal.foundation.registry.services import artifact_put, champion_set, model_register, version_add
from mlops_portal.foundation.wire import manifest
from monitoring.golden.selectors.samples import golden_set
from monitoring.models import GoldenCheck, GoldenSample
from tests.cast import Cast
from tests.directory.signing import SoftKey

CLASSES = [
    {"key": "ok", "words": {"en": "OK", "de": "Gut"}, "icon": "check", "defect": False},
    {"key": "crack", "words": {"en": "Crack", "de": "Riss"}, "icon": "crack", "defect": True},
]
FEATURES = [{"key": "pressure", "words": {"en": "Pressure"}, "unit": "bar", "low": 140.0, "high": 148.0}]


def interval(value: float, half: float = 0.01) -> dict[str, float]:
    return {"value": value, "low": value - half, "high": value + half}


def measured(f1: float) -> dict[str, Any]:
    return {
        "holdout": {
            "n": 1240, "macro_f1": interval(f1), "accuracy": interval(f1), "missed_rate": interval(0.05),
            "false_reject_rate": interval(0.03), "ece": interval(0.02),
        },
        "per_class": {key: {"found": interval(f1), "precision": interval(f1)} for key in ("ok", "crack")},
    }  # fmt: skip


def differences(f1: float = 0.04, missed: float = -0.01) -> dict[str, Any]:
    return {
        "macro_f1": interval(f1), "accuracy": interval(f1), "missed_rate": interval(missed),
        "false_reject_rate": interval(0.0), "found": {"ok": interval(0.0), "crack": interval(f1)},
        "ece": {"value": -0.02},
    }  # fmt: skip


@dataclass
class Bench:
    """``cast`` and what they work on: on line 1 one press, on line 2 two presses, all of one model."""

    cast: Cast
    model: RegisteredModel
    presses: list[Asset]
    champion: ModelVersion
    candidate: ModelVersion
    keys: dict[str, SoftKey] = field(default_factory=dict)

    def key_of(self, person: Person) -> SoftKey:
        """The person's passkey; made at first use."""
        if str(person.pk) not in self.keys:
            self.keys[str(person.pk)] = with_passkey(person)
        return self.keys[str(person.pk)]

    def opened(self, **more: Any) -> ApprovalRequest:
        """A draft for line 2, drawn up by the ML engineer there."""
        line = self.cast.line_2
        given = {"by": self.cast.two.ml_engineer, "version": self.candidate, "line": line,
                 "assets": [one for one in self.presses if one.line_id == line.pk]}  # fmt: skip
        return request_open(**{**given, **more})

    def submitted(self, **more: Any) -> ApprovalRequest:
        request = self.opened(**more)
        return request_submit(by=request.asked_by, request=request)

    def sign(
        self, request: ApprovalRequest, by: Person, verdict: str = "approve", comment: str = ""
    ) -> Decision:
        statement, envelope = self.signed(request, by, verdict, comment)
        return decide(by=by, request=request, statement=statement, envelope=envelope)

    def signed(
        self, request: ApprovalRequest, by: Person, verdict: str = "approve", comment: str = "", **lies: Any
    ) -> tuple[bytes, dict[str, str]]:
        key = self.key_of(by)
        asked = statement_for(by=by, request=request, verdict=Verdict(verdict), comment=comment)
        return asked.canonical.encode(), envelope_of(key, asked.challenge, **lies)


def with_passkey(person: Person) -> SoftKey:
    key = SoftKey()
    options = {"publicKey": {"challenge": "AAAA", "rp": {"id": "localhost"},
                             "user": {"id": websafe_encode(person.pk.bytes)}}}  # fmt: skip
    credential = json.loads(key.make(options))
    Authenticator.objects.create(
        user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone", "credential": credential}
    )
    return key


def envelope_of(key: SoftKey, challenge: str, /, **lies: Any) -> dict[str, str]:
    options = {"publicKey": {"challenge": challenge, "rpId": "localhost"}}
    answer = json.loads(key.sign(options, **lies))
    return {
        "kind": "passkey",
        "credential_id": answer["rawId"],
        "authenticator_data": answer["response"]["authenticatorData"],
        "client_data": answer["response"]["clientDataJSON"],
        "signature": answer["response"]["signature"],
    }


def golden_check(version: ModelVersion, missed: tuple[str, ...] = ()) -> GoldenCheck:
    """As the worker leaves it: every sample of the set in force, some missed."""
    whole, digest = golden_set(version.model)
    results = [
        {
            "code": one["code"], "truth": one["truth"], "tolerance": one["tolerance"],
            "safety": one["safety"],
            "said": "ok" if one["code"] in missed else one["truth"],
            "probability": 0.31 if one["code"] in missed else 0.93, "passed": one["code"] not in missed,
            "taught": "",
        }
        for one in whole["samples"]
    ]  # fmt: skip
    found, _made = GoldenCheck.objects.update_or_create(
        version=version, set_digest=digest,
        defaults={"results": results, "passed": not missed, "at": timezone.now()},
    )  # fmt: skip
    return found


def taught_by(model: RegisteredModel, counts: dict[Person, int]) -> str:
    """The digest of a stored manifest with so many labels of each person."""
    rows = [
        manifest.Row(
            prediction=f"node-1:{number}", part=f"P{number}", asset="press-1", label="ok", source="label",
            person=str(person.pk), at="2026-01-05T08:00:00+00:00", version=f"{model.slug}/1",
            readings="0" * 64,
        )
        for number, person in enumerate([one for one, count in counts.items() for _ in range(count)])
    ]  # fmt: skip
    body, digest = manifest.build(
        model=model.slug, pipeline="p@1", created=timezone.now(), base={"dataset": "1" * 64, "rows": 5000},
        rows=rows, excluded=[], parameters={},
    )  # fmt: skip
    tally = manifest.tally(rows)
    values = {"model": model, "body": body.decode(), "rows": len(rows), "per_asset": tally["asset"],
              "per_person": tally["person"], "per_source": tally["source"],
              "created_at": timezone.now()}  # fmt: skip
    TrainingManifest.objects.get_or_create(digest=digest, defaults=values)
    return digest


def add_version(
    model: RegisteredModel, by: Person | None, name: str, measures: dict[str, Any], taught: str
) -> ModelVersion:
    return version_add(
        trained_by=by, model=model, artifact=artifact_put(data=name.encode(), kind="onnx", name=name),
        store=None, pipeline="p@1", manifest_digest=taught,
        reference={"features": {"pressure": {"edges": [140.0, 150.0]}}},
        measures=measures, parity={"rows": 1280, "largest": 2e-7, "labels_equal": True},
    )  # fmt: skip


def make_bench(cast: Cast) -> Bench:
    kind = AssetType.objects.create(name="Press", slug="press")
    presses = Asset.objects.bulk_create(
        Asset(name=f"Press {number}", slug=f"press-{number}", line=line, type=kind)
        for number, line in ((1, cast.line_1), (3, cast.line_2), (4, cast.line_2))
    )
    model = model_register(
        by=cast.whole.ml_engineer, slug="press-quality", name="Press quality", asset_type=kind,
        classes=CLASSES, features=FEATURES, window_seconds=60,
    )  # fmt: skip
    judge = cast.whole.domain_expert
    GoldenSample.objects.bulk_create(
        GoldenSample(
            model=model, code=f"G-{number:02d}", readings={"pressure": 144.0}, safety=number == 1,
            truth="crack" if number < 3 else "ok", judged_by=judge,
            judged_at=timezone.now() - timedelta(days=9),
        )
        for number in range(1, 6)
    )  # fmt: skip
    first = add_version(model, None, "one", measured(0.88), taught_by(model, {}))
    for press in presses:
        champion_set(asset=press, version=first, number=1)
    beside = {"version": f"{model.slug}/{first.number}", **measured(0.9), "differences": differences()}
    operators = {cast.two.operator: 8, cast.one.operator: 8, cast.whole.operator: 8,
                 cast.two.domain_expert: 4}  # fmt: skip
    second = add_version(
        model, cast.whole.ml_engineer, "two", {**measured(0.94), "champion": beside},
        taught_by(model, operators),
    )  # fmt: skip
    for version in (first, second):
        golden_check(version)
    return Bench(cast, model, presses, first, second)


def trust_the_portal(line: Any) -> None:
    LinePolicy.objects.update_or_create(
        line=line, defaults={"minimum_assurance": "code", "quorum": {"quality_engineer": 1}}
    )


def digest_of(name: str) -> str:
    return sha256(name.encode()).hexdigest()
