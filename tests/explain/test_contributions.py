"""The sum of the reasons is the model's own output, or there are no reasons."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from explain.compute.contributions import Explainer
from mlops_portal.foundation.registry.compute import store
from tests.explain.plant import fitted, trained


@pytest.mark.parametrize("kind", ["press", "machining"])
def test_every_row_of_the_stored_model_adds_up_to_its_output_for_every_class(kind):
    plant = trained(kind)
    model = store.load(store.dump(plant.model))
    found = Explainer(model).explain(plant.new)
    assert np.isnan(plant.new).any()
    assert np.array_equal(found.output, plant.model.decision_function(plant.new))
    assert found.values.shape == (*plant.new.shape, len(plant.classes))
    assert found.difference.max() < 1e-12
    assert found.trusted


def test_two_classes_have_one_score_and_both_are_explained():
    plant = trained()
    model = fitted(plant.past, (plant.past_label > 0).astype(np.int64))
    found = Explainer(model).explain(plant.new)
    assert found.values.shape == (*plant.new.shape, 2)
    assert np.array_equal(found.said, model.predict(plant.new))
    assert np.allclose(found.values[..., 0], -found.values[..., 1])
    assert found.trusted


def test_a_model_with_categories_is_not_trusted_because_shap_reads_its_trees_wrongly():
    random = np.random.default_rng(3)
    group = random.integers(0, 12, 2000).astype(float)
    other = random.normal(size=2000)
    label = ((group % 3 == 1) ^ (other > 0.7)).astype(np.int64)
    readings = np.column_stack([group, other])
    model = HistGradientBoostingClassifier(categorical_features=[0], random_state=1).fit(readings, label)
    found = Explainer(model).explain(readings[:200])
    assert found.difference.max() > 0.1
    assert not found.trusted


def test_an_output_that_is_no_number_is_not_trusted():
    plant = trained()

    class Broken:
        def decision_function(self, readings):
            return np.full((len(readings), len(plant.classes)), np.nan)

    explainer = Explainer(plant.model)
    explainer.model = Broken()
    assert not explainer.explain(plant.new[:3]).trusted
