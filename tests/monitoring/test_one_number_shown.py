"""The same parts have one PSI on the page, in the API, in the file and in a back-test of their table."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from mlops_portal.foundation.wire import sketch
from monitoring.intake.services.telemetry import batch_receive
from tests.monitoring.ground import reference_of
from tests.monitoring.reporting import asked, run_on

pytestmark = pytest.mark.django_db
PARTS = 120


def test_the_psi_of_one_table_is_one_number_wherever_it_is_told(floor, client_for, tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    learned, now = rng.normal(146, 2, size=2000), rng.normal(148, 2.5, size=PARTS)
    stored = reference_of(learned)
    floor.version.reference["features"]["pressure"] = stored
    floor.version.save(update_fields=["reference"])
    run_on(floor)
    floor.start = timezone.now().replace(second=0, microsecond=0) - timedelta(hours=3)
    window = floor.window(0, n=PARTS)
    window["counts"]["pressure"] = [int(one) for one in sketch.bin_counts(now, np.asarray(stored["edges"]))]
    window["moments"]["pressure"] = list(sketch.moments(now))
    with TestCase.captureOnCommitCallbacks(execute=True):
        batch_receive(node=floor.node, body=floor.body(windows=[window]))
    by = floor.cast.one.domain_expert
    report, client = asked(floor, by, span="week"), client_for(by)

    (row,) = (one for one in report.body["readings"] if one["reading"] == "pressure")
    api = client.get(f"/api/v1/drift-reports/{report.pk}/").json()["body"]["readings"]
    sheet = b"".join(client.get(reverse("drift_readings", args=[report.pk])).streaming_content).decode(
        "utf-8-sig"
    )
    (line,) = (one for one in csv.DictReader(io.StringIO(sheet)) if one["Short name"] == "pressure")
    page = client.get(reverse("drift_report", args=[report.pk])).text
    found = {
        "report": row["psi"],
        "API": next(one["psi"] for one in api if one["reading"] == "pressure"),
        "file": float(line["PSI"]),
        "back-test": _backtest(tmp_path, learned, now),
    }
    assert found["report"] > 0.2
    assert found == pytest.approx(dict.fromkeys(found, found["report"]), abs=1e-9)
    assert f"{found['report']:.3f}" in page or f"{found['report']:.2f}" in page, "the page shows it rounded"


def _backtest(folder: Path, learned: np.ndarray, now: np.ndarray) -> float:
    files = {}
    for name, values in (("reference", learned), ("stream", now)):
        files[name] = folder / f"{name}.csv"
        files[name].write_text("pressure\n" + "".join(f"{one!r}\n" for one in values.tolist()))
    out = io.StringIO()
    call_command("backtest_drift", window=PARTS, false_alarms_per_1000=5.0, json=True, stdout=out, **files)
    (window,) = json.loads(out.getvalue())["windows"]
    (told,) = (one for one in window["statistics"] if one["statistic"] == "psi")
    return float(told["value"])
