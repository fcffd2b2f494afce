"""Safdar et al., machine learning in additive manufacturing: rows SAF-1 and SAF-4.

Fixture: a small table of layers, made here by a seed.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from approvals.services.decisions import decide
from approvals.services.requests import request_open, request_submit
from approvals.services.statements import statement_for
from labeling.models import RetrainRun
from labeling.tasks import training_steps
from labeling.transitions import RunStepName
from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.foundation.plant.models import Asset, Node
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.registry.services import champion_set
from mlops_portal.foundation.wire import manifest
from monitoring.models import Inspection, Prediction, SampledRow, StatisticPoint
from monitoring.performance.tasks import performance
from tests.approvals.world import envelope_of, with_passkey
from tests.monitoring.conftest import floor  # noqa: F401 - a fixture
from tests.monitoring.ground import Floor, judge_windows
from tests.onboarding.tables import written

pytestmark = pytest.mark.django_db
HEADER = (
    "Build ID", "Layer", "Part ID", "Time", "Laser power [W]", "Layer thickness [um]",
    "Melt pool temperature [K]", "Oxygen [ppm]", "CT result",
)  # fmt: skip


def layers(builds: int = 6) -> bytes:
    """Four parts of twelve layers a build; a cold melt pool leaves pores."""
    draw, start, lines = random.Random(8), datetime(2026, 4, 1, 6), []
    for build in range(builds):
        for layer in range(12):
            for part in range(4):
                cold = draw.random() < 0.2
                heat = draw.gauss(2150 if cold else 2400, 25)
                at = start + timedelta(hours=20 * build, minutes=4 * layer, seconds=10 * part)
                lines.append(
                    [f"B{build}", layer + 1, f"K{part}", at.isoformat(), f"{draw.gauss(280, 2):.1f}",
                     f"{draw.gauss(40, 0.5):.2f}", f"{heat:.1f}", f"{draw.gauss(300, 20):.0f}",
                     "porosity" if cold else "ok"]
                )  # fmt: skip
    return written(lines, HEADER)


def test_saf_1_an_inspection_that_arrives_days_later_joins_its_layer_and_moves_the_error_chart(
    floor: Floor,  # noqa: F811 - the fixture
    client_for,
    posted,
):
    """CT of a build comes days after the layers were judged, one result twice and in the wrong order."""
    champion_set(asset=floor.press, version=floor.version, number=1)
    inspector = client_for(floor.cast.one.quality_engineer)
    made, days = timezone.now().replace(minute=0) - timedelta(days=5), timedelta(days=1)
    layers = [f"B{build}/K{part}/{layer}" for build in range(3) for part in range(4) for layer in range(1, 6)]
    Prediction.objects.bulk_create(
        Prediction(
            id=f"node-1:{number}", node=floor.node, asset=floor.press, version=floor.version,
            activation="press-1/1", part_id=part, at=made + timedelta(seconds=number), label="ok",
            confidence=0.9,
        )
        for number, part in enumerate(layers)
    )  # fmt: skip

    def told(part: str, truth: str, at: datetime):
        (found,) = posted(
            inspector, "/api/v1/inspections/", {"part": part, "truth": truth, "at": at.isoformat()}, 201
        )
        return found

    def error() -> tuple[int, float]:
        judge_windows()
        point = StatisticPoint.objects.get(feature=":error")
        return point.n, point.value

    for part in layers[30:]:  # the later builds first
        assert told(part, "ok", made + 3 * days)["part_id"] == part
    assert error() == (30, 0.0)
    for part in layers[:30]:
        told(part, "crack", made + 2 * days)
    assert error() == (60, 0.5)
    late = told(layers[0], "ok", made + days)  # the first look at it, which comes last
    assert (late["truth"], late["contradicted"], len(late["inspections"])) == ("crack", True, 2)
    assert error() == (60, 0.5)
    assert Inspection.objects.count() == 61
    performance()
    page = inspector.get(f"/models/{floor.model.slug}/?measure=accuracy").content.decode()
    assert "60 parts with a truth" in page


def test_saf_4_an_additive_template_runs_the_whole_loop_to_a_second_version(
    cast, client_for, posted, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setitem(training_steps.STEPS, RunStepName.TRACK, lambda run: {"run_id": "none"})
    engineer, expert = client_for(cast.whole.ml_engineer), client_for(cast.whole.domain_expert)

    def go(client, address, **data):
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(address, data)
        assert answer.status_code == 302, answer.content
        return answer.url

    file = SimpleUploadedFile("layers.csv", layers())
    known = {"name": "Layers", "type_name": "Powder bed", "template": "additive", "target": "CT result"}
    go(engineer, "/onboard/new/", site=cast.site.pk, file=file, **known)
    one = Onboarding.objects.get()
    at = f"/onboard/{one.pk}/"
    page = engineer.get(f"{at}table/").content.decode()
    assert "A part is known by Build ID/Part ID/Layer." in page
    assert "Schmelzbadtemperatur" in page
    go(engineer, f"{at}check/")
    go(engineer, f"{at}agree/")
    first = ModelVersion.objects.select_related("model").get()
    features = {one.words["en"]: one for one in first.model.features.all()}
    assert features["Laser power"].unit == "W"
    assert features["Melt pool temperature"].words["de"] == "Schmelzbadtemperatur"
    assert set(features) == {"Laser power", "Layer thickness", "Melt pool temperature", "Oxygen"}
    assert first.model.template == "additive"
    one.refresh_from_db()
    assert all(part["part"].count("/") == 2 for part in one.golden)
    for place in range(len(one.golden)):
        go(expert, f"{at}golden/{place}/confirm/")

    # the same approval as for every other version, by somebody who had no hand in it
    node = Node.objects.create(name="Node 1", slug="node-1", line=cast.line_1, registered_at=timezone.now())
    kind = first.model.asset_type
    asset = Asset.objects.create(name="Bed 1", slug="bed-1", line=cast.line_1, type=kind, node=node)
    asked = request_open(
        by=cast.whole.ml_engineer, version=first, line=cast.line_1, assets=[asset], comment="first version"
    )
    request_submit(by=cast.whole.ml_engineer, request=asked, comment="first version")
    key = with_passkey(cast.one.quality_engineer)
    drawn = statement_for(by=cast.one.quality_engineer, request=asked)
    decide(
        by=cast.one.quality_engineer,
        request=asked,
        statement=drawn.canonical.encode(),
        envelope=envelope_of(key, drawn.challenge),
    )
    first.refresh_from_db()
    assert first.state == "approved"
    champion_set(asset=asset, version=first, number=1)

    # layers that the machine judges; CT comes days later and joins by build, part and layer
    keys = [one.key for one in features.values()]
    for number in range(12):
        said = Prediction.objects.create(
            id=f"node-1:{number}", node=node, asset=asset, version=first, activation="bed-1/1",
            part_id=f"B9/K{number % 4}/{number // 4 + 1}", at=timezone.now(), label="ok", confidence=0.9,
        )  # fmt: skip
        values = dict(zip(keys, (280.0, 40.0, 2150.0, 300.0), strict=True))
        SampledRow.objects.create(
            prediction=said,
            readings=values,
            probabilities={"ok": 0.9},
            reason="random",
            inclusion_probability=1,
        )
    for number in range(12):
        posted(engineer, "/api/v1/inspections/",
               {"part": f"B9/K{number % 4}/{number // 4 + 1}", "truth": "porosity"}, 201)  # fmt: skip
    assert Prediction.objects.filter(truth="porosity").count() == 12
    asked_run = {"model": first.model.slug, "trigger": "manual", "reason": "CT is here"}
    run = posted(engineer, "/api/v1/runs/", asked_run, 201)
    posted(engineer, f"/api/v1/runs/{run['id']}/start/", {}, 200)
    done = RetrainRun.objects.get(pk=run["id"])
    taught = {row.part: row.label for row in manifest.parse(done.manifest.body.encode())["rows"]}
    assert taught["B9/K0/1"] == "porosity"
    assert done.candidate.number == 2
    assert done.candidate.parent == first
