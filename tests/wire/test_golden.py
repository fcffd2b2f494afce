import pytest

from mlops_portal.foundation.wire import golden, jcs
from mlops_portal.foundation.wire.errors import Invalid

SAMPLE = {
    "code": "G-01",
    "readings": {"force": 800.5, "power": None},
    "truth": "crack",
    "tolerance": 0.6,
    "safety": True,
}
WRONG = [
    {"code": 1},
    {"truth": None},
    {"tolerance": 1.1},
    {"tolerance": -0.1},
    {"tolerance": "0.5"},
    {"tolerance": True},
    {"safety": 1},
    {"readings": [1.0]},
    {"readings": {"force": "high"}},
    {"readings": {"force": True}},
    {"readings": None},
]


def test_a_golden_set_reads_back_in_the_order_of_its_codes():
    data, digest = golden.build(model="press", samples=[SAMPLE | {"code": "G-02"}, SAMPLE])
    assert [one.code for one in golden.parse(data)] == ["G-01", "G-02"]
    assert digest == golden.build(model="press", samples=[SAMPLE, SAMPLE | {"code": "G-02"}])[1]


def test_the_tolerance_is_the_least_probability_of_the_truth():
    data, _digest = golden.build(model="press", samples=[SAMPLE])
    (one,) = golden.parse(data)
    assert one.passed_by(0.6)
    assert not one.passed_by(0.5999)
    assert not one.passed_by(float("nan"))


@pytest.mark.parametrize("change", WRONG)
def test_a_sample_of_another_kind_is_refused(change):
    with pytest.raises(Invalid):
        golden.parse(golden.build(model="press", samples=[SAMPLE | change])[0])


def test_a_code_that_stands_twice_is_refused():
    with pytest.raises(Invalid, match="twice"):
        golden.parse(golden.build(model="press", samples=[SAMPLE, SAMPLE])[0])


@pytest.mark.parametrize(
    "value", [[], {}, {"format": golden.FORMAT, "model": "x", "samples": {"a": 1}}, {"format": "other"}]
)
def test_what_is_no_golden_set_is_refused(value):
    with pytest.raises(Invalid):
        golden.parse(jcs.canonical(value))
