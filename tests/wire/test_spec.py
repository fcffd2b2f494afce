import json

import pytest

from mlops_portal.foundation.wire import jcs, spec
from mlops_portal.foundation.wire.errors import Invalid

FEATURES = [
    {
        "key": "force",
        "unit": "kN",
        "low": 789,
        "high": 836.5,
        "edges": [780.0, 800.5, 840.0],
        "categories": [],
    },
    {"key": "power", "unit": "kW", "low": None, "high": None, "edges": [22.0], "categories": []},
]
WHOLE = {
    "model": "press",
    "version": 2,
    "artifact": "a" * 64,
    "artifact_size": 1000,
    "features": FEATURES,
    "classes": ["ok", "crack"],
    "window_seconds": 60,
}
WRONG = {
    "format": ["mlops-portal/model-spec@2"],
    "model": [3, None],
    "version": [0, "2", True, 1.5],
    "artifact": ["A" * 64, "../../etc", "a" * 63],
    "artifact_size": [-1, "1"],
    "features": [[], {}, "ab", [3], [FEATURES[0], FEATURES[0]]],
    "classes": [["ok"], ["ok", "ok"], "ab", [1, 2]],
    "window_seconds": [0, 1.5],
    "confidence_bins": [0, None],
}


def changed(**fields):
    return jcs.canonical(json.loads(spec.build(**WHOLE)) | fields)


def test_a_spec_reads_back():
    found = spec.parse(spec.build(**WHOLE))
    assert (found.model, found.version, found.classes) == ("press", 2, ("ok", "crack"))
    assert found.features[0].edges == (780.0, 800.5, 840.0)
    assert found.confidence_bins == 20


@pytest.mark.parametrize(("field", "value"), [(field, one) for field, all_ in WRONG.items() for one in all_])
def test_a_field_of_another_kind_is_refused(field, value):
    with pytest.raises(Invalid):
        spec.parse(changed(**{field: value}))


@pytest.mark.parametrize(
    "feature",
    [
        {"edges": [2.0, 1.0]},
        {"edges": [1.0, 1.0]},
        {"edges": []},
        {"edges": ["1"]},
        {"low": "1"},
        {"unit": None},
        {"categories": None},
        {"categories": ["a", "a", "b"], "low": None, "high": None, "edges": [0.0, 1.0, 2.0]},
        {"categories": ["a", "b"], "low": None, "high": None, "edges": [0.0, 1.0, 2.0]},
        {"categories": ["a", "b"], "edges": [0.0, 1.0]},
        {"categories": ["a", 1], "low": None, "high": None, "edges": [0.0, 1.0]},
    ],
)
def test_a_feature_that_nobody_can_sketch_is_refused(feature):
    with pytest.raises(Invalid):
        spec.parse(changed(features=[FEATURES[0] | feature]))


def test_a_feature_of_words_has_the_codes_of_its_categories_as_edges():
    band = {"low": None, "high": None, "edges": [0.0, 1.0, 2.0]}
    grade = {"key": "grade", "unit": "", "categories": ["L", "M", "H"]} | band
    found = spec.parse(spec.build(**WHOLE | {"features": [grade]}))
    assert found.features[0].categories == ("L", "M", "H")


@pytest.mark.parametrize("data", [b"", b"[]", b"3", b"\xff", b"[" * 100_000, b'{"format":NaN}'])
def test_what_is_no_spec_is_refused(data):
    with pytest.raises(Invalid):
        spec.parse(data)


def test_another_order_of_bytes_is_refused():
    with pytest.raises(Invalid):
        spec.parse(json.dumps(json.loads(spec.build(**WHOLE)), indent=1).encode())
