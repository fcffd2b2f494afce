"""Columns may be called anything: no name of theirs meets one of ours, from the table to the back-test."""

from __future__ import annotations

import json
import random
from io import StringIO

import numpy as np
import pytest
from django.core.management import call_command

from explain.models import Explanation
from explain.tasks import row as explain_row
from mlops_portal.above.onboarding.compute.build import build
from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.compute import datasets
from mlops_portal.foundation.registry.compute.tables.guessing.guess import guess
from mlops_portal.foundation.registry.compute.tables.read import read
from mlops_portal.foundation.registry.models import Dataset, RegisteredModel
from mlops_portal.foundation.registry.services import artifact_read
from monitoring.models import Prediction, Quarantined, SampledRow, Window
from tests.onboarding.tables import written

pytestmark = pytest.mark.django_db
OURS = (
    "AT", "at", "Label", "label", "Part", "asset", "time of day", "class", "weight", "row", "index", "Id",
    "split", "reason", "__output__", "__proto__", "items", "values", ":all", ":classes", "reading:label",
    "n", "edges", "confidence", "features", "prediction", "source",
)  # fmt: skip
ODD = (
    "a b", 'c/d\\e "f" \'g\'', "h.i,j;k", "<b>l</b>&amp;", "🔧", "🔩", "ü" * 300, "%(name)s {column} %s", "",
    "column_36", "?page=2#x",
)  # fmt: skip
NAMES = (*OURS, *ODD)


def lines(count: int, seed: int = 4) -> list[list[object]]:
    """Readings of which the first three say whether a part is bad; each has a middle of its own."""
    draw = random.Random(seed)
    found = []
    for number in range(count):
        bad = number % 4 == 1
        readings = [draw.gauss(10 * place + 2.5 * (bad and place < 3), 1) for place in range(len(NAMES))]
        found.append([f"P{number:04d}", *(f"{one:.3f}" for one in readings), "crack" if bad else "ok"])
    return found


def header() -> list[str]:
    return ["serial", *NAMES, "verdict"]


def told(name: str, *args: object, **options: object) -> dict:
    out = StringIO()
    call_command(name, *args, **options, json=True, stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def test_readings_of_any_name_go_the_whole_way(cast, file_of, client_for, engineer):
    path = file_of(written(lines(160), header()))
    found = told("model_onboard", "Seams", data=path, target="verdict", part="serial")
    model = RegisteredModel.objects.get(slug=found["model"])
    features = list(model.features.order_by("order"))
    assert len(features) == len(NAMES)
    named = [one.column for one in features]
    unnamed = f"column_{header().index('') + 1}"
    assert named == [name or unnamed for name in NAMES]

    table = datasets.decode(artifact_read(Dataset.objects.get().artifact), [one.key for one in features])
    np.testing.assert_allclose(
        table.readings, [[float(str(one)) for one in line[1:-1]] for line in lines(160)], rtol=1e-6
    )
    assert table.label == [line[-1] for line in lines(160)]
    assert table.part == [line[0] for line in lines(160)]

    asset = Asset.objects.get(type=model.asset_type)
    replayed = told("stream_replay", model.slug, data=path, target="verdict", rows=100, per_window=25)
    assert (replayed["predictions"], replayed["quarantined"]) == (100, {})
    assert not Quarantined.objects.exists()
    right = [one for one in Prediction.objects.filter(asset=asset) if one.truth]
    assert len(right) == 100
    assert sum(one.truth == one.label for one in right) >= 90
    assert set(Window.objects.first().counts) == {one.key for one in features}
    row = SampledRow.objects.select_related("prediction").first()
    assert row.readings.keys() == {one.key for one in features}

    explain_row(row.prediction.version_id, row.prediction_id)
    (explained,) = Explanation.objects.filter(subject_id=row.prediction_id)
    assert explained.values.keys() == {one.key for one in features}

    browser = client_for(engineer)
    for page in (f"/explain/parts/{row.prediction_id}/", f"/onboard/{found['onboarding']}/table/"):
        assert browser.get(page).status_code == 200
    assert b"<b>l</b>" not in browser.get(f"/onboard/{found['onboarding']}/table/").content
    shown = browser.get(f"/api/v1/models/{model.slug}/")
    assert shown.status_code == 200
    assert {one["column"] for one in shown.json()["features"]} == set(named)


def test_a_back_test_takes_columns_of_any_name(file_of):
    plain = [name for name in header() if name]
    places = [place for place, name in enumerate(header()) if name]
    data = [[line[place] for place in places] for line in lines(400)]
    reference = file_of(written(data[:250], plain), "reference.csv")
    stream = file_of(written(data[250:], plain), "stream.csv")
    found = told(
        "backtest_drift", reference=reference, stream=stream, window=25, false_alarms_per_1000=5.0,
        ignore=["serial", "verdict", "h.i,j;k"],
    )  # fmt: skip
    assert found["features"] == len(plain) - 3
    assert {one["feature"] for each in found["windows"] for one in each["statistics"]} >= {
        "AT",
        "at",
        "Label",
    }


def test_names_that_differ_by_case_alone_are_two_readings(file_of):
    frame = read(file_of(written([[1.5, 2.5, "ok"], [3.5, 4.5, "bad"]] * 10, ["AT", "at", "verdict"])))
    schema = guess(frame, target="verdict")
    keys = [one.key for one in schema.columns]
    assert len({key.casefold() for key in keys}) == 3
    plan = {"limits": None, "classes": [{"key": "ok", "defect": False, "values": ["ok"]}]}
    built = build(frame, schema.to_json()["columns"], plan, machine="m")
    assert {one["column"]: built.columns[one["key"]][0] for one in built.features} == {"AT": 1.5, "at": 2.5}


def test_a_column_without_a_name_never_takes_one_that_another_has(file_of):
    frame = read(file_of(written([[1.5, 2.5, 3.5]] * 5, ["column_2", "", "z"])))
    assert list(frame.columns) == ["column_2", "column_2_", "z"]
    assert not [one for one in frame.faults if one.blocking]
