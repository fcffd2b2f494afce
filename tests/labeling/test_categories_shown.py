"""A reading that is a word: from the machine to the model and to the pages."""

from __future__ import annotations

import numpy as np
import pytest
from django.template import Context, Template
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import HistGradientBoostingClassifier

from edge_sync.agent.machine.infer import Model, matrix
from edge_sync.agent.machine.windows import OpenWindow
from explain.compute.groups import Readings, leaning
from explain.selectors.reason_words import reading_text
from mlops_portal.foundation.registry.models import Feature, ModelVersion
from mlops_portal.foundation.registry.selectors.categories import category_text
from mlops_portal.foundation.wire.spec import ModelSpec, SpecFeature
from monitoring.intake.selectors.parts import readings_of
from monitoring.models import SampledRow
from tests.cast import Cast
from tests.labeling.plant import a_version, make_shop

GRADES = ["L", "M", "H"]
SPEC = ModelSpec(
    "press", 1, "a" * 64, 1,
    (SpecFeature("force", "kN", None, None, (0.0, 1.0), ()),
     SpecFeature("grade", "", None, None, (0.0, 1.0, 2.0), tuple(GRADES))),
    ("ok", "crack"), 60, 20,
)  # fmt: skip


def feature(**more) -> Feature:
    return Feature(key="grade", words={"en": "Grade"}, order=0, categories=GRADES, **more)


def learned() -> bytes:
    random = np.random.default_rng(0)
    rows = np.column_stack([random.random(400), random.integers(0, 3, 400)]).astype(np.float64)
    rows[::5, 1] = np.nan
    truth = np.where(np.isnan(rows[:, 1]), 1, (rows[:, 1] > 1).astype(int))
    model = HistGradientBoostingClassifier(max_iter=5).fit(rows, truth)
    shape = FloatTensorType([None, 2])
    options = {id(model): {"zipmap": False}}
    return to_onnx(
        model, initial_types=[("readings", shape)], options=options, target_opset=17
    ).SerializeToString()


def test_a_node_counts_an_unseen_word_and_its_model_gets_a_gap() -> None:
    model = Model(learned(), SPEC)
    values = matrix(
        [{"force": 0.5, "grade": 3.0}, {"force": 0.5, "grade": None}, {"force": 0.5, "grade": 0.0}], SPEC
    )
    unseen, gap, low = model.probabilities(values)
    np.testing.assert_array_equal(unseen, gap)
    assert not np.allclose(unseen, low)
    window = OpenWindow("press-1", "a", "b" * 64, "", "", 0.0, 60.0)
    window.add(SPEC, values, ["ok"] * 3, np.full(3, 0.9))
    assert window.counts["grade"] == [1, 0, 0, 1, 1]


@pytest.mark.parametrize(
    ("code", "word"),
    [(0.0, "L"), (2, "H"), (3.0, "another word"), (None, "–"), (float("nan"), "–"), ("L", "–")],
)
def test_a_code_is_shown_as_its_word(code, word: str) -> None:
    assert category_text(feature(), code) == word


def test_a_reason_names_the_word_and_no_band() -> None:
    assert reading_text(feature(), {"value": 1.0, "low": None, "high": None}) == "Grade M"
    assert reading_text(feature(), {"value": None, "low": None, "high": None}) == "Grade has no value"


def test_over_many_parts_the_most_frequent_word_speaks_for_a_category() -> None:
    columns = Readings(keys=["grade"], group_of=["grade"], low=[None], high=[None], sizes=[3])
    readings = np.array([[0.0], [2.0], [2.0], [np.nan]])
    (found,) = leaning(np.ones((4, 1)), readings, columns)
    assert found["value"] == 2.0


@pytest.mark.django_db
def test_the_label_page_shows_words_and_marks_one_that_was_never_seen(cast: Cast) -> None:
    shop = make_shop(cast)
    Feature.objects.create(model=shop.model, key="grade", words={"en": "Grade"}, order=99, categories=GRADES)
    version: ModelVersion = a_version(shop)
    for code, shown, off in ((1.0, "M", False), (3.0, "another word", True)):
        rows = readings_of(SampledRow(readings={"grade": code}), version)
        (row,) = [one for one in rows if one["label"] == "Grade"]
        page = Template("{% load ui_charts %}{% readings rows %}").render(Context({"rows": [row]}))
        assert shown in page
        assert ("never seen before" in page) == off
