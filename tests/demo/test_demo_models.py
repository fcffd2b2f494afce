"""The demo's first versions can be asked for at once, whether or not a learner lives yet."""

from __future__ import annotations

import numpy as np
import pytest

from labeling.compute.training.fit import fit
from labeling.models.parameters import parameters_checked
from mlops_portal.above.demo.management import learning
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.registry.compute import datasets, edge_model
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.registry.selectors import features_of
from mlops_portal.foundation.registry.services import artifact_put, artifact_read
from monitoring.golden.services.samples import golden_add
from monitoring.models import GoldenCheck
from tests.cast import Cast
from tests.labeling.plant import QUICK, Shop, a_version, make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(cast: Cast) -> Shop:
    """A model with a taught first version and a golden part that nobody has run yet."""
    shop = make_shop(cast)
    keys = [one.key for one in features_of(shop.model)]
    past = datasets.decode(artifact_read(shop.dataset.artifact), keys)
    names = [one["key"] for one in shop.model.classes]
    label = np.array([names.index(one) for one in past.label])
    model = fit(past.readings, label, np.zeros(len(label), bool), parameters_checked(QUICK))
    edge_model.thresholds_to_float32(model)
    version = a_version(shop)
    version.artifact = artifact_put(data=edge_model.export(model), kind="onnx", name="m")
    version.measures = {"classes": [names[place] for place in model.classes_]}
    version.save()
    readings = {key: float(np.nan_to_num(value)) for key, value in zip(keys, past.readings[0], strict=True)}
    golden_add(by=cast.whole.domain_expert, model=shop.model, code="G-01", readings=readings, truth="ok")
    return shop


def test_a_first_version_runs_its_golden_parts_though_no_learner_lives(
    shop: Shop, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Person.objects, "get", lambda **_named: cast.whole.ml_engineer)
    monkeypatch.setattr(learning, "MODELS", (learning.DemoModel(shop.model.slug, "Parts", "press", 1),))
    [first] = learning.load_models()  # nothing commits here, so no worker is ever asked
    assert first == ModelVersion.objects.get(model=shop.model)
    assert GoldenCheck.objects.get(version=first).results
    learning.load_models()
    assert GoldenCheck.objects.filter(version=first).count() == 1
