from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from mlops_portal.foundation.plant.models import Asset, Node
    from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel
    from monitoring.models import Alert, Prediction
    from tests.cast import Cast

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@dataclass
class Press:
    """A press on line 1 that runs version 1, and what happens at it."""

    cast: Cast
    asset: Asset
    node: Node
    model: RegisteredModel
    version: ModelVersion
    made: int = 0

    def version_more(self, trained: Any, **more: Any) -> ModelVersion:
        from mlops_portal.foundation.registry.compute import store
        from mlops_portal.foundation.registry.services import artifact_put, version_add

        data = store.dump(trained) if trained is not None else b""
        return version_add(
            trained_by=None,
            model=self.model,
            artifact=artifact_put(data=b"onnx" + data[:40] + bytes([self.made]), kind="onnx", name="model"),
            store=artifact_put(data=data, kind="store", name="model") if data else None,
            pipeline="test",
            manifest_digest="",
            reference={"features": {}},
            measures={},
            parity={},
            **more,
        )

    def parts(
        self, rows: Any, *, at: datetime = NOON, reason: str = "random", version: ModelVersion | None = None
    ) -> list[Prediction]:
        """One part a second with these readings, float64 (n, features)."""
        from monitoring.models import Prediction, SampledRow

        keys = [one.key for one in self.model.features.order_by("order")]
        found = []
        for row in rows:
            self.made += 1
            one = Prediction.objects.create(
                id=f"node-1:{self.made}", node=self.node, asset=self.asset, version=version or self.version,
                activation="press-1/1", part_id=f"P-{self.made}", at=at + timedelta(seconds=self.made),
                label="ok", confidence=0.9,
            )  # fmt: skip
            SampledRow.objects.create(
                prediction=one,
                readings={
                    key: None if np.isnan(value) else float(value)
                    for key, value in zip(keys, row, strict=True)
                },
                reason=reason,
                inclusion_probability=0.1,
            )
            found.append(one)
        return found

    def alert(self, *features: str, since: datetime = NOON) -> Alert:
        from monitoring.models import Alert

        return Alert.objects.create(
            asset=self.asset, version=self.version, kind="data_drift", feature=features[0],
            features={key: {"statistic": "psi"} for key in features}, since=since, opened_at=since,
        )  # fmt: skip


@pytest.fixture
def press(cast: Cast, settings: Any, tmp_path: Any) -> Iterator[Press]:
    from explain.tasks import _explainer
    from mlops_portal.above.demo.sim.catalogue import OK, PRESS
    from mlops_portal.foundation.plant.models import Asset, AssetType, Node
    from mlops_portal.foundation.registry.models import Champion
    from mlops_portal.foundation.registry.services import model_register
    from tests.explain.plant import trained

    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    kind = AssetType.objects.create(name="Press", slug="press")
    node = Node.objects.create(name="Node 1", slug="node-1", line=cast.line_1, registered_at=NOON)
    asset = Asset.objects.create(name="Press 1", slug="press-1", line=cast.line_1, type=kind, node=node)
    model = model_register(
        by=cast.whole.ml_engineer,
        slug="press-quality",
        name="Press quality",
        asset_type=kind,
        classes=[
            {"key": "ok", "words": OK, "icon": "check", "defect": False},
            *(
                {"key": one.key, "words": one.name, "icon": one.shape, "defect": True}
                for one in PRESS.classes
            ),
        ],
        features=[
            {
                "key": one.key, "words": one.name, "unit": one.unit, "group_words": PRESS.groups[one.group],
                "low": one.band[0], "high": one.band[1],
            }
            for one in PRESS.readings
        ],
        window_seconds=60,
    )  # fmt: skip
    whole = Press(cast, asset, node, model, None)  # type: ignore[arg-type]  # the version needs the press
    whole.version = whole.version_more(trained().model)
    Champion.objects.create(asset=asset, version=whole.version, number=1, since=NOON)
    yield whole
    _explainer.cache_clear()


@pytest.fixture
def cracked() -> Any:
    """Readings of a part of which the model says that it is cracked: float64 (1, features)."""
    from tests.explain.plant import trained

    plant = trained()
    said = plant.model.predict(plant.new)
    return plant.new[said == plant.classes.index("crack")][:1]


@pytest.fixture
def run(db: None) -> Callable[..., None]:
    """Runs a task by name as a worker would, and what it enqueues after commit."""
    from django.test import TestCase

    from mlops_portal.foundation.shell.work import jobs

    def go(name: str, **kwargs: Any) -> None:
        with TestCase.captureOnCommitCallbacks(execute=True):
            jobs.enqueue(name, **kwargs)

    return go
