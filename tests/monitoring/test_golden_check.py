"""The golden set run against a real edge model."""

from __future__ import annotations

import numpy as np
import pytest

from labeling.compute.training.fit import fit
from labeling.models.parameters import parameters_checked
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.registry.compute import datasets, edge_model
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.registry.selectors import features_of
from mlops_portal.foundation.registry.services import artifact_put, artifact_read
from mlops_portal.foundation.shell.work.jobs import send
from mlops_portal.foundation.wire.golden import Golden
from monitoring.golden.compute.golden import results
from monitoring.golden.services.samples import golden_add
from monitoring.models import GoldenCheck
from tests.cast import Cast
from tests.labeling.plant import QUICK, Shop, a_version, make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(cast: Cast) -> Shop:
    return make_shop(cast)


@pytest.fixture
def past(shop: Shop) -> datasets.Table:
    return datasets.decode(artifact_read(shop.dataset.artifact), [one.key for one in features_of(shop.model)])


@pytest.fixture
def version(shop: Shop, past) -> ModelVersion:
    names = [one["key"] for one in shop.model.classes]
    label = np.array([names.index(one) for one in past.label])
    model = fit(past.readings, label, np.zeros(len(label), bool), parameters_checked(QUICK))
    edge_model.thresholds_to_float32(model)
    version = a_version(shop)
    version.artifact = artifact_put(data=edge_model.export(model), kind="onnx", name="m")
    version.measures = {"classes": [names[place] for place in model.classes_]}
    version.save()
    return version


def golden_of(shop: Shop, past, by, place: int, code: str, truth: str, **more):
    keys = [one.key for one in features_of(shop.model)]
    readings = {
        key: None if np.isnan(value) else float(value)
        for key, value in zip(keys, past.readings[place], strict=True)
    }
    return golden_add(by=by, model=shop.model, code=code, readings=readings, truth=truth, **more)


def test_each_sample_is_judged_by_the_edge_model_once_for_a_set(shop, past, version, cast):
    by = cast.whole.domain_expert
    good = next(place for place, label in enumerate(past.label) if label == "ok")
    golden_of(shop, past, by, good, "G-01", "ok")
    golden_of(shop, past, by, good, "G-02", "crack", safety=True)
    for _twice in range(2):
        send("labeling.golden_check", {"version_id": version.pk})
    check = GoldenCheck.objects.get()
    first, second = check.results
    assert (first["code"], first["said"], first["passed"]) == ("G-01", "ok", True)
    assert (second["truth"], second["said"], second["passed"]) == ("crack", "ok", False)
    assert check.passed is False
    event = Event.objects.get(type="monitoring.golden.checked")
    assert (event.data["right"], event.data["count"], event.data["missed"]) == (1, 2, ["G-02"])


def test_a_changed_set_is_run_again(shop, past, version, cast):
    golden_of(shop, past, cast.whole.domain_expert, 0, "G-01", "ok")
    send("labeling.golden_check", {"version_id": version.pk})
    golden_of(shop, past, cast.whole.domain_expert, 1, "G-02", "ok")
    send("labeling.golden_check", {"version_id": version.pk})
    assert GoldenCheck.objects.count() == 2


def test_an_empty_set_is_no_pass(version):
    send("labeling.golden_check", {"version_id": version.pk})
    assert not GoldenCheck.objects.exists()


def sample(truth: str = "crack", tolerance: float = 0.3, *, safety: bool = False) -> Golden:
    return Golden("G-01", {"pressure": 1.0}, truth, tolerance, safety)


@pytest.mark.parametrize(
    ("golden", "probabilities", "passed"),
    [
        (sample(), [0.6, 0.4], True),  # sure enough, though it says another class
        (sample(safety=True), [0.6, 0.4], False),  # a safety sample must be judged right besides
        (sample(safety=True), [0.4, 0.6], True),
        (sample(tolerance=0.7), [0.4, 0.6], False),
        (sample("unknown"), [0.0, 1.0], False),
    ],
)
def test_when_a_sample_passes(golden, probabilities, passed):
    found = results([golden], np.array([probabilities]), ["ok", "crack"])
    assert found[0]["passed"] is passed
