"""Versions that were trained elsewhere: taken, measured beside the champion, proposed, refused."""

from __future__ import annotations

import pickle

import pytest

from labeling.errors import ForeignModelUnfit
from labeling.services.foreign import foreign_register
from labeling.tasks.importing import bring_in
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.registry.errors import NoDataset
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.registry.selectors import classes_of, spec_bytes
from mlops_portal.foundation.registry.services import champion_set
from mlops_portal.foundation.wire import spec
from mlops_portal.foundation.wire.errors import NotAllowed
from tests.cast import Cast
from tests.labeling.outside import exported, trained_elsewhere
from tests.labeling.plant import Shop, make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(cast: Cast) -> Shop:
    return make_shop(cast)


@pytest.fixture
def file(shop: Shop) -> bytes:
    return exported(trained_elsewhere(shop))


def brought(cast: Cast, shop: Shop, data: bytes, **more) -> ModelVersion:
    return bring_in(by=cast.whole.ml_engineer, model=shop.model, data=data, name="theirs.onnx", **more)[0]


def test_a_file_becomes_a_candidate_that_is_measured_here(cast: Cast, shop: Shop, file: bytes) -> None:
    version = brought(cast, shop, file)
    assert (version.state, version.pipeline, version.store) == ("candidate", "imported onnx", None)
    assert version.measures["holdout"]["n"] >= 100
    assert version.measures["holdout"]["accuracy"]["value"] > 0.8
    assert version.measures["origin"]["file"] == "theirs.onnx"
    assert version.parity["labels_equal"]
    assert version.parity["largest"] <= 1e-6
    assert sorted(classes_of(version)) == sorted(one["key"] for one in shop.model.classes)
    assert spec.parse(spec_bytes(version)).classes == tuple(classes_of(version))
    event = Event.objects.get(type="labeling.version.imported")
    assert "theirs.onnx" in event.public


def test_it_stands_beside_the_champion_on_the_same_parts(cast: Cast, shop: Shop, file: bytes) -> None:
    first = brought(cast, shop, file)
    champion_set(asset=shop.asset, version=first, number=1)
    second = brought(cast, shop, exported(trained_elsewhere(shop, trees=3, seed=5)))
    beside = second.measures["champion"]
    assert beside["version"] == "press-quality/1"
    assert beside["holdout"]["n"] == second.measures["holdout"]["n"]
    assert "macro_f1" in beside["differences"]
    assert second.parent == first


def test_the_same_file_again_is_the_same_version(cast: Cast, shop: Shop, file: bytes) -> None:
    first = brought(cast, shop, file)
    again, new = bring_in(by=cast.whole.ml_engineer, model=shop.model, data=file, name="copy.onnx")
    assert (again, new) == (first, False)
    assert Event.objects.filter(type="labeling.version.imported").count() == 1


def test_the_same_file_with_its_classes_in_another_order_is_another_version(
    cast: Cast, shop: Shop, file: bytes
) -> None:
    order = [one["key"] for one in shop.model.classes]
    wrong = brought(cast, shop, file, classes=[*order[1:], order[0]])
    right = brought(cast, shop, file, classes=sorted(order))
    assert right.number == wrong.number + 1
    assert right.artifact_id != wrong.artifact_id
    assert classes_of(right) == sorted(order)
    held = [one.measures["holdout"]["accuracy"]["value"] for one in (wrong, right)]
    assert held[0] < 0.5 < 0.8 < held[1]
    again, new = bring_in(by=cast.whole.ml_engineer, model=shop.model, data=file, name="theirs.onnx")
    assert (again, new) == (right, False)  # the file's own names say the same order


def test_the_same_file_under_another_description_of_its_readings_is_another_version(
    cast: Cast, shop: Shop, file: bytes
) -> None:
    first = brought(cast, shop, file)
    shop.model.features.filter(order=0).update(unit="psi")
    assert brought(cast, shop, file) != first


def test_two_workers_with_one_file_make_one_version(cast: Cast, shop: Shop, file: bytes) -> None:
    first = brought(cast, shop, file)
    second = foreign_register(
        by=None,
        model=shop.model,
        artifact=first.artifact,
        dataset=shop.dataset,
        reference=first.reference,
        measures=first.measures,
        parity=first.parity,
        parent=None,
    )
    assert second == first


def test_who_may_not_bring_models_is_told_so(cast: Cast, shop: Shop, file: bytes) -> None:
    for person in (cast.one.ml_engineer, cast.whole.quality_engineer, cast.stranger):
        with pytest.raises(NotAllowed):
            bring_in(by=person, model=shop.model, data=file, name="theirs.onnx")
    assert not ModelVersion.objects.exists()


def test_a_pickle_is_refused_and_nothing_is_kept(cast: Cast, shop: Shop) -> None:
    with pytest.raises(ForeignModelUnfit, match="pickle"):
        brought(cast, shop, pickle.dumps(trained_elsewhere(shop)))
    assert not ModelVersion.objects.exists()
    assert not Event.objects.filter(type="labeling.version.imported").exists()


def test_a_model_without_past_parts_is_not_measured_by_guessing(cast: Cast, shop: Shop, file: bytes) -> None:
    shop.dataset.delete()
    with pytest.raises(NoDataset):
        brought(cast, shop, file)
