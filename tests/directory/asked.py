"""Questions and golden samples for probes; they are taken back with the call."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from labeling.models import LabelRequest
from mlops_portal.above.onboarding.models import Onboarding
from monitoring.models import (
    GoldenChange,
    GoldenRound,
    GoldenSample,
    Measure,
    Prediction,
    SampledRow,
)
from tests.directory.world import World

CLASSES = [
    {"key": "ok", "words": {"en": "Good part"}, "icon": "check", "defect": False},
    {"key": "crack", "words": {"en": "Crack"}, "icon": "crack", "defect": True},
]
Call = Callable[[Client, World], Any]


def question(world: World, *, for_expert: bool = False) -> LabelRequest:
    """A part on line 1 that somebody is asked about."""
    now = timezone.now()
    world.model.classes = CLASSES
    world.model.save(update_fields=["classes"])
    prediction = Prediction.objects.create(
        id="node-1:1", node=world.node, asset=world.asset, version=world.alert.version,
        activation="press-1/1", part_id="1-1", at=now, label="ok", confidence=0.6,
    )  # fmt: skip
    row = SampledRow.objects.create(
        prediction=prediction, readings={}, reason="random", inclusion_probability=0.1
    )
    return LabelRequest.objects.create(
        row=row, version=world.alert.version, line=world.cast.line_1, inclusion_probability=1,
        for_expert=for_expert, asked_at=now, expires_at=now + timedelta(days=1),
    )  # fmt: skip


def answer(client: Client, world: World) -> HttpResponse:
    asked = question(world)
    return client.post("/label/line-1/answer/", {"request": str(asked.pk), "answer": "crack"})


def settle(client: Client, world: World) -> HttpResponse:
    asked = question(world, for_expert=True)
    return client.post(f"/label/experts/{asked.pk}/", {"answer": "crack"})


def by_api(verb: str, *, for_expert: bool = False) -> Call:
    def call(client: Client, world: World) -> HttpResponse:
        address = f"/api/v1/label-requests/{question(world, for_expert=for_expert).pk}/{verb}/"
        return client.post(address, json.dumps({"answer": "crack"}), content_type="application/json")

    return call


def see_lineage(client: Client, world: World) -> HttpResponse:
    return client.get(f"/api/v1/lineage/{question(world).row.prediction_id}/")


def inspect(client: Client, world: World) -> HttpResponse:
    part = question(world).row.prediction.part_id
    body = {"part": part, "truth": "crack", "at": timezone.now().isoformat()}
    return client.post("/api/v1/inspections/", json.dumps(body), content_type="application/json")


def _sample(world: World) -> GoldenSample:
    return GoldenSample.objects.create(
        model=world.model,
        code="G-01",
        readings={},
        truth="ok",
        judged_by=world.worker,
        judged_at=timezone.now(),
    )


def see_sample(client: Client, world: World) -> HttpResponse:
    return client.get(f"/api/v1/golden-samples/{_sample(world).pk}/")


def retire(client: Client, world: World) -> HttpResponse:
    return client.post(f"/golden/samples/{_sample(world).pk}/retire/")


def retire_by_api(client: Client, world: World) -> HttpResponse:
    return client.delete(f"/api/v1/golden-samples/{_sample(world).pk}/")


def _round(world: World) -> GoldenRound:
    """One that runs, with a part that binds nobody."""
    world.model.classes = CLASSES
    world.model.save(update_fields=["classes"])
    now, sample = timezone.now(), _sample(world)
    GoldenSample.objects.filter(pk=sample.pk).update(borderline=True)
    return GoldenRound.objects.create(
        model=world.model, asset=world.asset, why="demand", why_key="k", state="running", due_at=now,
        late_at=now + timedelta(hours=1), begun_at=now, order=["G-01"],
    )  # fmt: skip


def see_round(client: Client, world: World) -> HttpResponse:
    return client.get(f"/golden/rounds/{_round(world).pk}/")


def see_round_by_api(client: Client, world: World) -> HttpResponse:
    return client.get(f"/api/v1/golden-rounds/{_round(world).pk}/")


def see_course(client: Client, world: World) -> HttpResponse:
    return client.get(f"/golden/press-quality/parts/{_sample(world).pk}/")


def say_in_round(client: Client, world: World) -> HttpResponse:
    return client.post(f"/golden/rounds/{_round(world).pk}/", {"code": "G-01", "said": "ok"})


def say_in_round_by_api(client: Client, world: World) -> HttpResponse:
    address = f"/api/v1/golden-rounds/{_round(world).pk}/say/"
    return client.post(address, json.dumps({"code": "G-01", "said": "ok"}), content_type="application/json")


def begin_round(client: Client, world: World) -> HttpResponse:
    _sample(world)
    return client.post("/golden/rounds/begin/press-1/press-quality/")


def begin_round_by_api(client: Client, world: World) -> HttpResponse:
    _sample(world)
    body = json.dumps({"asset": "press-1", "model": "press-quality"})
    return client.post("/api/v1/golden-rounds/", body, content_type="application/json")


def plan_by_api(client: Client, world: World) -> HttpResponse:
    body = {"at_shift": True, "at_changeover": True, "minutes": 60, "second_person": False}
    address = "/api/v1/golden-plans/press-quality/"
    return client.put(address, json.dumps(body), content_type="application/json")


def _change(world: World) -> GoldenChange:
    """The colleague asks for a change of a part, and somebody else decides."""
    return GoldenChange.objects.create(
        sample=_sample(world), verb="clear", asked_by=world.worker, asked_at=timezone.now()
    )


def agree(client: Client, world: World) -> HttpResponse:
    return client.post(f"/golden/changes/{_change(world).pk}/refuse/")


def agree_by_api(client: Client, world: World) -> HttpResponse:
    address = f"/api/v1/golden-changes/{_change(world).pk}/decide/"
    return client.post(address, json.dumps({"agreed": False}), content_type="application/json")


def brought(world: World) -> Onboarding:
    """A table that was read, on the site of line 1."""
    now = timezone.now()
    return Onboarding.objects.create(
        name="Ovens", slug="ovens", site=world.cast.site, type_name="Oven", state="draft",
        file_name="parts.csv", file_size=1, file_digest="0" * 64, schema={"columns": []},
        by=world.cast.whole.ml_engineer, created_at=now, changed_at=now,
    )  # fmt: skip


def undo_onboarding(client: Client, world: World) -> HttpResponse:
    return client.post(f"/onboard/{brought(world).pk}/undo/")


def undo_onboarding_by_api(client: Client, world: World) -> HttpResponse:
    return client.post(f"/api/v1/onboardings/{brought(world).pk}/undo/")


def _measure(world: World) -> Measure:
    return Measure.objects.create(
        line=world.cast.line_1, asset=world.asset, key="air", words={"en": "Air flow"}, kind="process",
        created_by=world.worker, created_at=timezone.now(),
    )  # fmt: skip


def see_measure(client: Client, world: World) -> HttpResponse:
    return client.get(f"/measures/{_measure(world).pk}/")


def see_measure_by_api(client: Client, world: World) -> HttpResponse:
    return client.get(f"/api/v1/measures/{_measure(world).pk}/")


def end_measure(client: Client, world: World) -> HttpResponse:
    return client.post(f"/measures/{_measure(world).pk}/end/")


def end_measure_by_api(client: Client, world: World) -> HttpResponse:
    return client.delete(f"/api/v1/measures/{_measure(world).pk}/")


def tell_value(client: Client, world: World) -> HttpResponse:
    return client.post(f"/measures/{_measure(world).pk}/record/", {"value": "1.5"})


def send_value(client: Client, world: World) -> HttpResponse:
    body = {"measure": _measure(world).key, "values": [{"at": timezone.now().isoformat(), "value": 1.5}]}
    return client.post("/api/v1/measure-values/", json.dumps(body), content_type="application/json")
