"""What stands around the rows: heads of reports, units, totals, empty rows; nothing blocks for good."""

from __future__ import annotations

import pytest

from mlops_portal.foundation.registry.compute.tables.answers import Answers
from mlops_portal.foundation.registry.compute.tables.checks.problems import problems
from mlops_portal.foundation.registry.compute.tables.guessing.guess import guess
from mlops_portal.foundation.registry.compute.tables.model import Kind, Role
from mlops_portal.foundation.registry.compute.tables.read import preview, read
from tests.registry.tables.ground import only, put

BODY = [f"P{n};{n % 7},5;{1400 + n % 11};{'riss' if n % 3 else 'ok'}" for n in range(30)]
HEAD = "Teil;Kraft;Drehzahl;Fehler"


def file(folder, *lines, end="\n"):
    return put(folder, end.join(lines) + end)


def clean(frame):
    return (frame.rows, frame.kinds["Kraft"], frame.kinds["Drehzahl"], frame.columns["Kraft"][1]) == (
        30, Kind.NUMBER, Kind.NUMBER, 1.5)  # fmt: skip


@pytest.mark.parametrize(
    "above",
    [
        ["Bericht Presse 4", "Erstellt: 25.11.2026", ""],
        ["Bericht Presse 4;;;", "Erstellt;25.11.2026;;", ";;;"],
        ["Report of press 4, shift 2, by Ms Vega, with commas, many, many"],
        ["Maschine: P4", "Auftrag: 4711", "Kunde: Müller & Söhne", "Charge: 12", ""],
    ],
)
def test_a_report_s_lines_above_the_header_are_left_out_and_said(tmp_path, above):
    frame = read(file(tmp_path, *above, HEAD, *BODY))
    assert clean(frame)
    said = only(frame.faults, "preamble")
    assert (said.blocking, said.row) == (False, len(above) + 1)
    assert frame.row_of(0) == len(above) + 2
    assert preview(file(tmp_path, *above, HEAD, *BODY), rows=1).numbers == [len(above) + 2]


def test_a_table_of_two_columns_below_a_report_is_found(tmp_path):
    frame = read(
        file(
            tmp_path,
            "Anlage;Presse 4",
            "Von;Ms Vega",
            "Zeit;Wert",
            *(f"25.11.2026 14:{n:02d};{n},5" for n in range(20)),
        )
    )
    assert list(frame.columns) == ["Zeit", "Wert"]
    assert frame.rows == 20


@pytest.mark.parametrize(
    "units", ["-;kN;1/min;", ";[kN];[1/min];[-]", "STRING;REAL;INT;STRING", ";kN;U/min;"]
)
def test_a_row_of_units_is_no_row_and_gives_the_units(tmp_path, units):
    frame = read(file(tmp_path, HEAD, units, *BODY))
    assert clean(frame)
    assert only(frame.faults, "units-row").row == 2
    assert frame.row_of(0) == 3
    unit = guess(frame).named("Kraft").unit
    assert unit == ("" if "REAL" in units else "kN")
    kept = read(file(tmp_path, HEAD, units, *BODY), answers=Answers({"units-row": "data"}))
    assert kept.rows == 31


@pytest.mark.parametrize(
    "foot",
    [["Summe;104,5;42150;"], ["Total;104,5;42150;", "Mittelwert;3,5;1405;"], [";;;", "Gesamt:;104,5;42150;"]],
)
def test_totals_at_the_end_are_left_out_and_said(tmp_path, foot):
    frame = read(file(tmp_path, HEAD, *BODY, *foot))
    assert clean(frame)
    assert not only(frame.faults, "totals").blocking
    kept = read(file(tmp_path, HEAD, *BODY, *foot), answers=Answers({"totals": "keep"}))
    assert kept.rows == 30 + sum(";;;" not in line for line in foot)


def test_a_total_below_numbers_is_found_in_a_column_of_numbers(tmp_path):
    frame = read(
        put(tmp_path, "n,force\n" + "".join(f"{n},{n % 7}.5\n" for n in range(30)) + "Total,105.5\n")
    )
    assert (frame.rows, frame.kinds["n"]) == (30, Kind.NUMBER)


def test_a_class_called_max_is_no_total(tmp_path):
    frame = read(put(tmp_path, "level,force\n" + "max,1.5\nmin,2.5\n" * 10))
    assert frame.rows == 20


def test_empty_rows_of_a_spreadsheet_and_the_foot_of_a_report_are_left_out(tmp_path):
    frame = read(file(tmp_path, HEAD, *BODY, ";;;", ";;;", "", "Ende des Berichts"))
    assert clean(frame)
    found = problems(frame, guess(frame))
    assert not [one for one in found if one.blocking]
    assert {"empty-rows"} <= {one.code for one in found}


def test_a_header_that_stands_again_on_every_page_is_left_out_and_said(tmp_path):
    frame = read(file(tmp_path, HEAD, *BODY[:10], HEAD, *BODY[10:20], HEAD, *BODY[20:]))
    assert clean(frame)
    said = only(frame.faults, "repeated-header")
    assert (said.row, said.values["count"], said.blocking) == (12, "2", False)
    assert frame.row_of(10) == 13


def test_a_decimal_comma_that_the_comma_between_columns_cut_is_put_together_and_asked(tmp_path):
    rows = ["time,value", "2026-11-25 14:30,12,5", "2026-11-25 14:31,13,25"]
    frame = read(file(tmp_path, *rows))
    assert frame.columns["value"].tolist() == [12.5, 13.25]
    said = only(frame.faults, "extra-field")
    assert (said.blocking, said.column) == (True, "value")
    answered = read(file(tmp_path, *rows), answers=Answers({"extra-field": said.options[0].value}))
    assert not only(answered.faults, "extra-field").blocking


def test_three_columns_are_three_columns(tmp_path):
    frame = read(file(tmp_path, "time,value,shift", "2026-11-25 14:30,12,5", "2026-11-25 14:31,13,5"))
    assert (frame.columns["value"].tolist(), frame.columns["shift"].tolist()) == ([12.0, 13.0], [5.0, 5.0])


def test_rows_with_a_field_too_many_are_asked_about_and_left_out_by_an_answer(tmp_path):
    path = file(tmp_path, HEAD, *BODY, BODY[0] + ";mehr")
    assert only(read(path).faults, "ragged-row").blocking
    assert not only(read(path, answers=Answers({"ragged-row": "leave-out"})).faults, "ragged-row").blocking


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_the_letters_of_every_export_are_read(tmp_path, encoding):
    text = "\r\n".join(
        ["Prüfling;Länge [mm];Größe;Fehler", *(f"P{n};{n},5;{n};{'ä' if n % 2 else 'ok'}" for n in range(30))]
    )
    frame = read(put(tmp_path, text.encode(encoding)))
    assert next(iter(frame.columns)) == "Prüfling"
    assert frame.columns["Länge [mm]"][1] == 1.5


def test_an_id_with_letters_is_the_part(tmp_path):
    path = put(
        tmp_path,
        "id,force,fault\n" + "".join(f"P{n},{n % 7}.5,{'crack' if n % 3 else 'ok'}\n" for n in range(40)),
    )
    assert guess(read(path)).part.name == "id"


def test_a_column_that_counts_the_rows_is_no_part(tmp_path):
    path = put(
        tmp_path,
        "id,force,fault\n" + "".join(f"{n},{n % 7}.5,{'crack' if n % 3 else 'ok'}\n" for n in range(40)),
    )
    schema = guess(read(path))
    assert (schema.part, schema.named("id").role) == (None, Role.IGNORE)


def test_everything_that_waits_for_an_answer_can_be_accepted_at_once(tmp_path):
    lines = [
        "Datum;Kraft;Teil;Fehler",
        *(f"03/04/2026;{n % 7},5;P{n};{'riss' if n % 3 else 'ok'}" for n in range(28)),
    ]
    lines += [
        "03/04/2026;-999;P28;ok",
        "03/04/2026;kaputt;P29;ok",
        "03/04/2026;1,5;P30;ok;x",
        "03/04/2026;1,5;P3;ok",
    ]
    path = file(tmp_path, *lines)
    schema = guess(read(path))
    waiting = [
        one for one in problems(read(path, schema=schema), schema, first=read(path).faults) if one.blocking
    ]
    assert {one.code for one in waiting} == {
        "ambiguous-date",
        "sentinel",
        "mixed-types",
        "ragged-row",
        "duplicate-part",
    }
    assert all(one.options for one in waiting)
    accept = Answers(accept=True)
    found = problems(
        read(path, schema=schema, answers=accept), schema, answers=accept, first=read(path).faults
    )
    assert not [one for one in found if one.blocking]


@pytest.mark.parametrize(
    "first", ["2026-11-25 14:30;(1,5)", "2026-11-25 14:30;−1,5", "2026-11-25 14:30;error"]
)
def test_a_first_row_with_a_time_or_a_number_below_zero_is_no_row_of_units(tmp_path, first):
    rows = "".join(f"2026-11-25 14:3{n};2,5\n" for n in range(1, 6))
    assert read(put(tmp_path, f"time;value\n{first}\n{rows}")).rows == 6


@pytest.mark.parametrize(
    "below",
    [
        ["Nr;Presskraft;Drehzahl der Spindel;Befund", "-;kN;1/min;-"],
        [";kN;1/min;", "STRING;REAL;INT;STRING"],
        ["Teil;Kraft 1;Drehzahl 1;Fehler", ";kN;1/min;", "STRING;REAL;INT;STRING"],
    ],
)
def test_several_rows_of_words_below_the_header_are_no_rows(tmp_path, below):
    frame = read(file(tmp_path, HEAD, *below, *BODY))
    assert clean(frame)
    assert frame.row_of(0) == 2 + len(below)
    schema = guess(frame)
    assert [schema.named(name).unit for name in ("Kraft", "Drehzahl")] == ["kN", "1/min"]
    kept = read(file(tmp_path, HEAD, *below, *BODY), answers=Answers({"units-row": "data"}))
    assert kept.rows == 30 + len(below)


def test_words_below_the_header_are_no_units(tmp_path):
    schema = guess(read(file(tmp_path, HEAD, ";Werkzeug;Spindel;", *BODY)))
    assert [one.unit for one in schema.columns] == ["", "", "", ""]
