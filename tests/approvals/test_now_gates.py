"""Gates on parts as they are now: beside those on parts as they were, each with its own margin."""

from __future__ import annotations

import pytest

from approvals.gate_words import SENTENCES, TITLES, sentence_of, title_of
from approvals.gates import Gate, gates_of
from approvals.rules import Rules, parse
from approvals.views.shown_now import now_shown
from tests.approvals.test_gates import GOOD, replace


def interval(low: float, high: float) -> dict[str, float]:
    return {"value": (low + high) / 2, "low": low, "high": high}


def block(low: float = -0.2, high: float = -0.1, *, chance: int = 40, **found: tuple[float, float]):
    return {
        "case": "measured", "notes": [], "labelled": 80, "chance": chance, "rows": 300, "parts": 3000,
        "more": 14,
        "challenger": {
            "wrong": interval(0.05, 0.15),
            "found": {key: interval(*ends) for key, ends in found.items()},
        },
        "champion": {"wrong": interval(0.2, 0.3)},
        "differences": {"wrong": interval(low, high), "slipped": interval(low, high)},
    }  # fmt: skip


def now(whole: dict[str, object], **machines: dict[str, object]) -> dict[str, object]:
    return {
        "since": "2026-03-02T08:00:00+00:00", "until": "2026-03-02T20:00:00+00:00", "why": "alert",
        "alert": 1, "disputed": 0, "taught": 0, "together": whole, "machines": machines,
    }  # fmt: skip


def gate(key: str, rules: Rules | None = None, **changed: object) -> Gate:
    return next(one for one in gates_of(replace(GOOD, **changed), rules or Rules()) if one.key == key)


@pytest.mark.parametrize("key", ["now_not_worse", "now_missed"])
@pytest.mark.parametrize(
    ("whole", "met", "case"),
    [
        (block(), True, "now_better"),
        (block(-0.1, 0.015), True, "now_within"),
        (block(-0.1, 0.2), False, "now_may_be_worse"),
        (block(chance=6), False, "limited_now_better"),
        (block(-0.1, 0.015, chance=6), False, "limited_now_within"),
        (block(-0.1, 0.2, chance=6), False, "limited_now_may_be_worse"),
        ({"case": "no_chance", "more": 30}, False, "now_no_chance"),
    ],
)
def test_now_has_its_own_margin_and_a_limited_sample_is_said(key, whole, met, case) -> None:
    one = gate(key, now=now(whole))
    assert (one.kind, one.met, one.case) == ("soft", met, case)
    assert "%(" not in sentence_of(one.frozen())
    assert title_of(one.frozen()) != key


def test_an_open_alert_says_that_something_changed_though_nobody_measured_since() -> None:
    for body in (None, now({"case": "nothing", "more": 30}) | {"why": "days"}):
        one = gate("now_not_worse", now=body, changed=True)
        assert (one.met, one.case) == (False, "now_no_chance")
        assert "30 parts by chance would tell" in sentence_of(one.frozen())
        assert gate("now_not_worse", now=body).case == "now_not_measured"


def test_cls_1_a_limited_sample_is_said_with_its_numbers() -> None:
    sentence = sentence_of(gate("now_not_worse", now=now(block(chance=6))).frozen())
    assert "Limited sample: 6 parts by chance, the policy asks for 15" in sentence


@pytest.mark.parametrize(
    ("body", "case"),
    [
        (now(block() | {"notes": ["one_lot"]}), "now_one_lot"),
        (now(block()) | {"unanswered": 14}, "now_unanswered"),
        (now(block()) | {"unanswered": 13}, "now_better"),
        (now(block(-0.1, 0.2) | {"notes": ["one_lot"]}), "now_may_be_worse"),
    ],
)
def test_labels_of_one_lot_or_with_too_few_answers_do_not_show_that_it_is_no_worse(body, case) -> None:
    one = gate("now_not_worse", now=body)
    assert (one.met, one.case) == (case == "now_better", case)
    assert "%(" not in sentence_of(one.frozen())


def test_labels_of_other_machines_are_a_limited_sample_of_those_in_question() -> None:
    body = now(block(), mill_5=block(), mill_6={"case": "nothing", "chance": 0})
    for targets, met, n in (("mill_5",), True, 40), (("mill_6",), False, 0), (("mill_5", "mill_6"), True, 40):
        one = gate("now_not_worse", now=body, targets=targets)
        assert (one.met, one.params["n"]) == (met, n)
    assert gate("now_not_worse", now=body, targets=("mill_6",)).case == "limited_now_better"


def test_a_machine_on_which_it_is_proven_worse_stops_it_whatever_all_together_say() -> None:
    body = now(block(), mill_5=block(0.01, 0.2), mill_6=block())
    one = gate("now_not_worse", now=body)
    assert (one.met, one.params["machines"]) == (False, "mill_5")
    assert gate("now_not_worse", now=body, targets=["mill_6"]).met


def test_a_floor_holds_for_each_class_on_each_machine() -> None:
    rules = Rules(found_floor=0.6)
    kept = now(block(), a=block(burr=(0.7, 0.9)))
    assert gate("now_floor", rules, now=kept).case == "floor_kept"
    below = now(block(), a=block(burr=(0.7, 0.9), crack=(0.1, 0.5)))
    one = gate("now_floor", rules, now=below)
    assert (one.met, one.case, one.params["below"]) == (False, "floor_below", "a crack")
    unknown = now(block(), a=block(burr=(0.2, 0.9)))
    assert gate("now_floor", rules, now=unknown).case == "floor_unknown"
    assert gate("now_floor", rules).case == "floor_not_measured"
    assert gate("now_floor", now=below).case == "floor_none"


def test_nothing_measured_and_nothing_happened_is_neither_praise_nor_blame() -> None:
    one = gate("now_not_worse")
    assert (one.met, one.case) == (True, "now_not_measured")


def test_policies_written_before_keep_working() -> None:
    rules = parse(
        {"not_worse_by": 0.01, "label_share": 0.2, "valid_days": 7, "fewest_rows": 200, "parity": 1e-5}
    )
    assert (rules.not_worse_by, rules.now_worse_by, rules.found_floor) == (0.01, 0.05, 0.0)


def test_every_case_has_its_words() -> None:
    assert {"now_not_worse", "now_missed", "now_floor"} <= set(TITLES)
    assert {"now_worse_on", "floor_unknown", "floor_not_measured"} <= set(SENTENCES)


def test_a_pack_from_before_shows_no_measure_of_now() -> None:
    assert now_shown({"now": {}}, None) is None  # type: ignore[arg-type]
    assert now_shown({}, None) is None  # type: ignore[arg-type]
