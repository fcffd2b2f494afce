"""How long a drift report of a past span takes from stored counts, whatever the number of parts.

``python benchmarks/report.py``: a fresh SQLite database, one machine, 20 readings of 20 bins. Prints the
median and the slowest of 20 reports for each kind of stored row and number of parts, and their time on the
processor.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
HERE = tempfile.TemporaryDirectory(prefix="bench-report-")
os.environ["VAR_DIR"] = HERE.name
os.environ["DATABASE_URL"] = f"sqlite:///{HERE.name}/bench.sqlite3"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mlops_portal.settings")

READINGS, BINS, REPEATS = 20, 20, 20
START = datetime(2026, 1, 1, tzinfo=UTC)
PARTS = (10_000, 1_000_000, 1_000_000_000)


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(f"{'stored as':<30}{'rows':>6}{'parts':>15}{'median ms':>11}{'slowest ms':>12}{'processor ms':>14}")
    for name, rows, made in kinds():
        for parts in PARTS:
            clock, worked = ([1000 * one for one in each] for each in zip(*made(parts), strict=True))
            print(
                f"{name:<30}{rows:>6}{parts:>15,}{statistics.median(clock):>11.1f}{max(clock):>12.1f}"
                f"{statistics.median(worked):>14.1f}"
            )


def kinds() -> Iterator[tuple[str, int, Callable[[int], list[tuple[float, float]]]]]:
    quarter, hour, day = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
    for name, rows, step, grain in (
        ("a day of 15-minute windows", 96, quarter, ""),
        ("a week of 15-minute windows", 672, quarter, ""),
        ("a month of hours", 720, hour, "hour"),
        ("a year of days", 365, day, "day"),
    ):
        yield name, rows, partial(measure, rows, step, grain)


def measure(rows: int, step: timedelta, grain: str, parts: int) -> list[tuple[float, float]]:
    """Seconds on the clock and on the processor of REPEATS reports over ``rows`` rows that hold ``parts``."""
    from monitoring.models import Rollup, Window
    from monitoring.reports.tasks.report import drift_report
    from monitoring.rules.encoding import encode, layout_of

    asset, version = floor()
    Window.objects.all().delete()
    Rollup.objects.all().delete()
    each = counted(parts // rows)
    each["packed"] = encode(
        each["counts"], each["moments"], layout_of(version.reference["features"]), parts // rows
    )
    many = [{"asset": asset, "version": version, "starts": START + index * step,
             "ends": START + (index + 1) * step, **each} for index in range(rows)]  # fmt: skip
    if grain:
        Rollup.objects.bulk_create([Rollup(grain=grain, **one) for one in many])
    else:
        Window.objects.bulk_create([Window(judged_at=START, **one) for one in many])
    took = []
    for _repeat in range(REPEATS):
        begun, worked = time.perf_counter(), time.process_time()
        report = drift_report(asset=asset, version=version, since=START, until=START + rows * step)
        took.append((time.perf_counter() - begun, time.process_time() - worked))
        assert report["rows"] == rows
        assert len(report["readings"]) == READINGS
    return took


def counted(n: int) -> dict[str, Any]:
    share, rest = divmod(n, BINS)
    counts = [0, *[share] * (BINS - 1), share + rest, 0, 0]
    keys = [f"reading-{index}" for index in range(READINGS)]
    return {
        "n": n,
        "counts": dict.fromkeys(keys, counts),
        "moments": {key: [float(n), 0.31 * n, 1.07 * n, 0.4 * n, float(max(0, n - 1))] for key in keys},
        "classes": {"ok": n},
        "confidence": [0] * 19 + [n],
    }


def floor() -> tuple[Any, Any]:
    from mlops_portal.foundation.plant.models import Asset, AssetType, Line, Site
    from mlops_portal.foundation.registry.models import Artifact, ModelVersion, RegisteredModel

    machine = Asset.objects.select_related("line").first()
    if machine is not None:
        return machine, ModelVersion.objects.select_related("model").get()
    kind = AssetType.objects.create(name="Press", slug="press")
    site = Site.objects.create(name="Site", slug="site")
    line = Line.objects.create(name="Line", slug="line", site=site)
    asset = Asset.objects.create(name="Press 1", slug="press-1", line=line, type=kind)
    model = RegisteredModel.objects.create(slug="press", name="Press", asset_type=kind, created_at=START)
    edges = [-2 + 4 * index / BINS for index in range(BINS + 1)]
    learned = {"edges": edges, "counts": [0, *[250] * BINS, 0, 0], "mean": 0.3, "sd": 1.0, "phi": 0.3,
               "lag_parts": 1}  # fmt: skip
    version = ModelVersion.objects.create(
        model=model,
        number=1,
        artifact=Artifact.objects.create(sha256="0" * 64, kind="onnx", size=1, name="m", created_at=START),
        pipeline="bench",
        reference={"features": {f"reading-{index}": learned for index in range(READINGS)}},
        reference_digest="0" * 64,
        created_at=START,
    )
    return asset, version


if __name__ == "__main__":
    main()
