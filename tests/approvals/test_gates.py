"""The gates are pure rules."""

from __future__ import annotations

from dataclasses import replace

import pytest

from approvals.errors import PolicyUnfit
from approvals.gate_words import SENTENCES, TITLES, sentence_of, title_of
from approvals.gates import Facts, Gate, GoldenFact, gates_of
from approvals.rules import Rules, parse

GOOD = Facts(
    artifact="a" * 64,
    stored="a" * 64,
    golden_samples=2,
    golden=(GoldenFact("G-01", True, True), GoldenFact("G-02", False, True)),
    parity_rows=100,
    parity_largest=1e-7,
    parity_labels_equal=True,
    holdout_rows=500,
    champion="m/1",
    compared_with="m/1",
    differences={
        "macro_f1": {"value": 0.02, "low": -0.01, "high": 0.05},
        "missed_rate": {"value": 0.0, "low": -0.01, "high": 0.01},
    },
    manifest="b" * 64,
    manifest_intact=True,
)


def gate(key: str, **changed: object) -> Gate:
    return next(one for one in gates_of(replace(GOOD, **changed), Rules()) if one.key == key)


def test_a_good_version_meets_every_gate() -> None:
    assert [one.key for one in gates_of(GOOD, Rules()) if not one.met] == []


@pytest.mark.parametrize(
    ("key", "changed", "case"),
    [
        ("artifact", {"stored": ""}, "artifact_missing"),
        ("artifact", {"stored": "c" * 64}, "artifact_damaged"),
        ("artifact", {"artifact": "", "stored": ""}, "artifact_missing"),
        ("golden_all", {"golden": None}, "golden_not_run"),
        ("golden_all", {"golden": (), "golden_samples": 0}, "golden_none"),
        ("golden_all", {"golden": (GoldenFact("G-02", False, False),)}, "golden_missed"),
        ("golden_safety", {"golden": (GoldenFact("G-01", True, False),)}, "golden_missed"),
        ("golden_safety", {"golden": None, "golden_samples": 0}, "golden_none"),
        ("parity", {"parity_rows": 0}, "parity_none"),
        ("parity", {"parity_largest": 1e-3}, "parity_far"),
        ("parity", {"parity_labels_equal": False}, "parity_labels"),
    ],
)
def test_hard_gates_stop(key: str, changed: dict[str, object], case: str) -> None:
    found = gate(key, **changed)
    assert (found.kind, found.met, found.case) == ("hard", False, case)


@pytest.mark.parametrize(
    ("key", "changed", "case"),
    [
        (
            "not_worse",
            {"differences": {"macro_f1": {"value": 0, "low": -0.03, "high": 0.03}}},
            "may_be_worse",
        ),
        (
            "missed",
            {"differences": {"missed_rate": {"value": 0, "low": -0.03, "high": 0.03}}},
            "may_be_worse",
        ),
        ("not_worse", {"compared_with": "m/0"}, "not_compared"),
        ("not_worse", {"differences": {}}, "not_compared"),
        ("rows", {"holdout_rows": 20}, "rows"),
        ("manifest", {"manifest": ""}, "manifest_none"),
        ("manifest", {"manifest_intact": False}, "manifest_damaged"),
    ],
)
def test_soft_gates_ask_for_a_reason(key: str, changed: dict[str, object], case: str) -> None:
    found = gate(key, **changed)
    assert (found.kind, found.met, found.case) == ("soft", False, case)


def test_a_sample_that_was_taught_does_not_count_as_passed_and_is_named() -> None:
    golden = (GoldenFact("G-01", True, True), GoldenFact("G-02", False, True, "near"))
    found = gate("golden_all", golden=golden)
    assert (found.met, found.params["passed"], found.params["n"]) == (True, 1, 1)
    apart = gate("golden_apart", golden=golden)
    assert (apart.kind, apart.met, apart.case) == ("soft", False, "golden_apart_taught")
    assert "G-02" in sentence_of(apart.frozen())


def test_where_only_taught_samples_are_left_the_gate_is_closed() -> None:
    golden = (GoldenFact("G-01", True, True, "part"), GoldenFact("G-02", False, True))
    found = gate("golden_safety", golden=golden)
    assert (found.kind, found.met, found.case) == ("hard", False, "golden_taught")
    assert "G-01" in sentence_of(found.frozen())
    assert gate("golden_all", golden=golden).met


def test_a_taught_sample_that_is_missed_all_the_same_fails_the_gate() -> None:
    golden = (GoldenFact("G-01", True, True), GoldenFact("G-02", False, False, "equal"))
    assert gate("golden_all", golden=golden).case == "golden_missed"


def test_what_nobody_knows_is_not_passed_in_silence() -> None:
    golden = (GoldenFact("G-01", True, True, "unknown"), GoldenFact("G-02", False, True, "unknown"))
    assert gate("golden_all", golden=golden).met
    found = gate("golden_apart", golden=golden)
    assert (found.kind, found.met, found.case) == ("soft", False, "golden_apart_unknown")


def test_a_borderline_sample_opens_no_gate_and_shuts_none() -> None:
    missed, right = (GoldenFact("G-09", False, passed, borderline=True) for passed in (False, True))
    found = gate("golden_all", golden=(GoldenFact("G-01", True, True), missed))
    assert (found.met, found.params["passed"], found.params["n"]) == (True, 1, 1)
    assert not gate("golden_all", golden=(GoldenFact("G-01", True, False), right)).met


def test_where_all_samples_are_borderline_the_gate_is_closed() -> None:
    found = gate("golden_all", golden=(GoldenFact("G-09", False, True, borderline=True),))
    assert (found.kind, found.met, found.case) == ("hard", False, "golden_borderline")
    assert "add some that are clear" in sentence_of(found.frozen())


def test_an_ordinary_miss_leaves_the_safety_gate_met() -> None:
    golden = (GoldenFact("G-01", True, True), GoldenFact("G-02", False, False))
    assert gate("golden_safety", golden=golden).met
    assert not gate("golden_all", golden=golden).met


def test_the_first_version_has_nothing_to_be_worse_than() -> None:
    assert gate("not_worse", champion="", compared_with="", differences={}).met


def test_every_gate_has_a_title_and_every_case_a_sentence() -> None:
    for one in gates_of(GOOD, Rules()):
        frozen = one.frozen()
        assert one.key in TITLES
        assert one.case in SENTENCES
        assert title_of(frozen)
        assert "%" not in sentence_of(frozen).replace(" %", "")


ZONE = {
    "wrong_share": 0.05, "certainty": 0.95, "population": "now", "threshold": 0.8, "rows": 400, "alone": 300,
    "wrong": 5, "at_most": 0.035, "needed": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "met", "case", "says"),
    [
        (None, False, "zone_not_tried", "train again"),
        (ZONE, True, "zone_now", "of 300 parts as they are now 5 were wrong, so at most 3.5 %"),
        (ZONE | {"population": "all"}, True, "zone_all", "75.0 % of the parts"),
        (ZONE | {"certainty": 0.9}, False, "zone_other", "95.0 % certain"),
        (ZONE | {"threshold": None, "needed": 600}, False, "zone_more", "About 600 parts by chance"),
        (ZONE | {"threshold": None}, False, "zone_never", "more parts would not help"),
    ],
)
def test_what_was_promised_of_parts_decided_alone_is_proven_or_asks_for_a_reason(
    zone: dict[str, object] | None, met: bool, case: str, says: str
) -> None:
    found = gate("ask_zone", promise=(0.05, 0.95), zone=zone)
    assert (found.kind, found.met, found.case) == ("soft", met, case)
    assert says in sentence_of(found.frozen())
    assert title_of(found.frozen())


def test_parts_that_may_have_trained_a_version_from_elsewhere_prove_nothing_about_it() -> None:
    found = gate("ask_zone", promise=(0.05, 0.95), zone=ZONE, foreign=True)
    assert (found.met, found.case) == (False, "zone_foreign")
    assert "nobody here knows whether on these parts" in sentence_of(found.frozen())


def test_where_nobody_promised_anything_there_is_no_such_gate() -> None:
    assert "ask_zone" not in [one.key for one in gates_of(replace(GOOD, zone=ZONE), Rules())]


@pytest.mark.parametrize(
    "body",
    [{"golden": "safety"}, {"valid_days": 0}, {"valid_days": 1.5}, {"label_share": 2}, {"parity": "small"},
     {"valid_days": True}],
)  # fmt: skip
def test_a_policy_with_odd_rules_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(PolicyUnfit):
        parse(body)


def test_parts_in_doubt_on_the_line_need_a_reason() -> None:
    found = gate("containment", contained=["C-7 Press 4"])
    assert (found.kind, found.met) == ("soft", False)
    assert "C-7 Press 4" in sentence_of(found.frozen())
    assert gate("containment").met
