"""What is wrong with whole columns: target, time, parts, readings."""

from __future__ import annotations

import numpy as np
import pytest

from mlops_portal.foundation.registry.compute.tables.checks.problems import problems
from mlops_portal.foundation.registry.compute.tables.model import Role
from mlops_portal.foundation.registry.compute.tables.problem import Problem, TableUnreadable
from tests.registry.tables.ground import GOOD, only, put, told


def table(header: str, line, rows: int = 60) -> str:
    return header + "\n" + "".join(line(n) + "\n" for n in range(rows))


def test_a_good_table_has_no_problem(tmp_path):
    frame, schema, found = told(put(tmp_path, GOOD))
    assert found == []
    assert [one.key for one in schema.readings] == ["force", "speed"]
    assert frame.text("part")[3] == "P3"


def test_a_target_that_is_not_there_names_those_that_are(tmp_path):
    with pytest.raises(TableUnreadable) as caught:
        told(put(tmp_path, GOOD), target="falt")
    assert "There is no column falt; did you mean fault?" in caught.value.sentence
    assert "part, force [N], speed_rpm, fault" in caught.value.sentence


def test_a_table_without_a_target_names_its_columns(tmp_path):
    frame, schema, found = told(put(tmp_path, table("force,speed", lambda n: f"{n % 7}.5,{n % 11}")))
    assert "force, speed" in only(found, "no-target").sentence
    assert problems(frame, schema, needs_target=False) == []


@pytest.mark.parametrize(
    ("values", "code", "blocking"),
    [
        (lambda n: "", "target-empty", True),
        (lambda n: "ok", "target-constant", True),
        (lambda n: "0", "target-constant", True),
        (lambda n: f"part {n}", "target-classes", True),
        (lambda n: "ok" if n else "bad", "rare-class", False),
    ],
)
def test_a_target_that_cannot_be_learned_is_told(tmp_path, values, code, blocking):
    path = put(tmp_path, table("force,fault", lambda n: f"{n % 7}.5,{values(n)}", 150))
    said = only(told(path, target="fault")[2], code)
    assert (said.column, said.blocking) == ("fault", blocking)


def test_a_target_whose_other_class_was_taken_for_nothing_says_how_to_answer(tmp_path):
    path = put(tmp_path, table("force,verdict", lambda n: f"{n % 7}.5,{'Pass' if n % 3 else 'NA'}", 60))
    sentence = only(told(path, target="verdict")[2], "target-constant").sentence
    assert "“Pass” in every row that has one; NA was taken for nothing" in sentence
    assert "--gaps-are-values" in sentence


@pytest.mark.parametrize(
    "values",
    [
        lambda n: n % 2,
        lambda n: n % 7,
        lambda n: f"{n}.25",
        lambda n: "yes" if n % 3 else "no",
        lambda n: f"k{n % 12}",
    ],
)
def test_truths_classes_and_measured_quantities_are_targets(tmp_path, values):
    path = put(tmp_path, table("force,result", lambda n: f"{n * 37 % 101}.5,{values(n)}", 150))
    assert told(path)[2] == []


TIMED = "at,part,force,fault"


def stamp(n: int) -> str:
    return f"2026-11-{1 + n // 24:02} {n % 24:02}:00"


def timed(moment=stamp, part=lambda n: f"P{n}", rows: int = 60, header: str = TIMED, more: str = "") -> str:
    return table(
        header, lambda n: f"{moment(n)},{part(n)},{n * 37 % 11}.5,{'bad' if n % 7 == 0 else 'ok'}{more}", rows
    )


def test_a_time_that_runs_backwards_is_told_with_its_row(tmp_path):
    assert told(put(tmp_path, timed()))[2] == []
    _, _, found = told(put(tmp_path, timed(lambda n: stamp(3) if n == 20 else stamp(n))))
    said = only(found, "time-backwards")
    assert (said.row, said.column, said.blocking) == (22, "at", True)
    assert "from 2026-11-01 19:00:00 UTC to 2026-11-01 03:00:00 UTC" in said.sentence


def test_a_table_with_the_newest_first_is_told_to_be_turned(tmp_path):
    said = only(told(put(tmp_path, timed(lambda n: stamp(59 - n))))[2], "time-backwards")
    assert "newest" in said.sentence
    assert said.row == 3


def test_time_may_start_anew_on_every_machine(tmp_path):
    text = table(
        "machine,at,force,fault",
        lambda n: f"M{n // 30},{stamp(n % 30)},{n * 37 % 11}.5,{'bad' if n % 7 == 0 else 'ok'}",
    )
    _frame, schema, found = told(put(tmp_path, text))
    assert schema.line is not None
    assert found == []


def test_a_time_that_is_missing_or_no_time_is_told(tmp_path):
    said = only(told(put(tmp_path, timed(lambda n: "" if n == 5 else stamp(n))))[2], "time-gaps")
    assert (said.row, said.column) == (7, "at")
    said = only(told(put(tmp_path, timed(lambda n: "soon" if n == 5 else stamp(n))))[2], "mixed-types")
    assert (said.row, said.column) == (7, "at")
    said = only(told(put(tmp_path, timed()), time="part")[2], "not-a-time")
    assert (said.row, said.column) == (2, "part")


def test_parts_that_repeat_are_a_mistake_where_it_is_rare_and_groups_where_it_is_common(tmp_path):
    _, _, found = told(
        put(tmp_path, timed(stamp, lambda n: "P7" if n == 30 else f"P{n}").replace("at,", "note,", 1)),
        time="",
    )
    assert only(told(put(tmp_path, GOOD.replace("P30,", "P7,")))[2], "duplicate-part").values["first"] == "9"
    assert [one.code for one in found if one.blocking] == []  # measured again later
    said = only(told(put(tmp_path, timed(part=lambda n: f"P{n // 3}")))[2], "repeated-parts")
    assert not said.blocking
    assert "20 parts in 60 rows" in said.sentence


def test_a_part_that_stands_twice_at_one_time_is_a_mistake(tmp_path):
    lines = timed().splitlines()
    lines.insert(31, lines[30])
    said = only(told(put(tmp_path, "\n".join(lines)))[2], "duplicate-part")
    assert (said.values["value"], said.values["first"], said.row) == ("P29", "31", 32)


def test_columns_that_never_change_or_are_empty_are_one_sentence(tmp_path):
    names = ",".join([*(f"c{n}" for n in range(12)), *(f"e{n}" for n in range(9))])
    text = table(
        f"force,{names},fault", lambda n: f"{n % 7}.5,{'4,' * 12}{',' * 9}{'bad' if n % 5 == 0 else 'ok'}"
    )
    found = told(put(tmp_path, text))[2]
    assert only(found, "constant-column").values["count"] == "12"
    assert only(found, "empty-column").values["count"] == "9"
    assert not any(one.blocking for one in found)


def test_half_empty_columns_are_no_problem_and_nearly_empty_ones_are_told(tmp_path):
    text = table(
        "a,b,force,fault", lambda n: f"{n if n % 2 else ''},{n if n % 50 == 0 else ''},{n % 7}.5,{n % 2}", 200
    )
    found = told(put(tmp_path, text))[2]
    assert only(found, "gappy-column").column == "b"


def test_many_values_far_away_block(tmp_path):
    text = table("force,fault", lambda n: f"{'1e9' if n % 20 == 0 else n * 37 % 90 + 10},{n % 2}", 200)
    said = only(told(put(tmp_path, text))[2], "far-value")
    assert (said.blocking, said.row, said.values["count"]) == (True, 2, "10")
    assert "usual" in said.sentence


def test_a_heavy_tail_is_no_slip(tmp_path):
    draw = np.random.default_rng(3).lognormal(5, 1.5, 1000)
    text = table("area,fault", lambda n: f"{draw[n]:.1f},{n % 2}", 1000)
    assert told(put(tmp_path, text))[2] == []


def test_nothing_left_to_learn_from_blocks(tmp_path):
    frame, schema, _ = told(put(tmp_path, GOOD))
    for name in ("force [N]", "speed_rpm"):
        schema = schema.changed(name, role=Role.IGNORE)
    assert only(problems(frame, schema), "no-readings").blocking


def test_a_fault_of_a_column_that_is_left_out_is_not_told(tmp_path):
    frame, schema, found = told(put(tmp_path, GOOD.replace("101.5", "about ten", 1)))
    assert only(found, "mixed-types").column == "force [N]"
    assert problems(frame, schema.changed("force [N]", role=Role.IGNORE)) == []


def test_headers_that_are_missing_or_twice_are_told(tmp_path):
    said = only(told(put(tmp_path, GOOD.replace("speed_rpm", "force [N]")))[2], "duplicate-column")
    assert (said.column, said.row, said.blocking) == ("force [N]", 1, True)
    assert "2 and 3" in said.sentence
    said = only(told(put(tmp_path, GOOD.replace("speed_rpm", "")))[2], "unnamed-column")
    assert (said.column, said.blocking) == ("column_3", False)
    bare = table("1.5,2.25,0", lambda n: f"{n}.5,{n % 7}.25,{n % 2}")
    assert only(told(put(tmp_path, bare))[2], "no-header").blocking
    assert not only(told(put(tmp_path, bare), target="column_3")[2], "no-header").blocking


def test_blocking_problems_come_first_and_travel_as_json(tmp_path):
    text = GOOD.replace("P30,", "P7,").replace("101.5", "inf", 1)
    found = told(put(tmp_path, text))[2]
    assert [one.blocking for one in found] == [True, False]
    assert [Problem.from_json(one.to_json()) for one in found] == found
