"""What nodes and portal say to each other: messages of the first version, and those of a newer self."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from mlops_portal.foundation.wire import formats, golden, jcs, parked, receipt, report, spec, telemetry
from mlops_portal.foundation.wire.errors import Invalid
from mlops_portal.foundation.wire.formats import CAPABILITIES, FIRST, Field, OtherVersion
from mlops_portal.foundation.wire.kinds import CONFIDENCE
from mlops_portal.foundation.wire.receipt import Delivery, Receipt, Refusal

RECORDED = Path(__file__).parent / "recorded"
"""As an agent and a portal of the first version wrote them, byte for byte; never to be written anew."""


def recorded(name: str) -> bytes:
    return (RECORDED / f"{name}.json").read_bytes()


def said(name: str) -> Any:
    return json.loads(recorded(name))


READERS = {
    "telemetry": telemetry.parse,
    "parked": parked.parse,
    "spec": spec.parse,
    "golden": golden.parse,
}


def absent(part: str) -> dict[str, Any]:
    """What fields since the first version are in a record that does not say them."""
    since = {name: one for name, one in telemetry.SHAPE[part].items() if isinstance(one, Field)}
    return {name: one.absent for name, one in since.items()}


def test_telemetry_of_the_first_version_is_read_whole() -> None:
    batch = telemetry.parse(recorded("telemetry"))
    assert {part: len(batch[part]) for part in telemetry.SHAPE} == {
        "windows": 1, "predictions": 12, "rows": 12, "quarantined": 1,
    }  # fmt: skip
    old = said("telemetry")
    assert {name: batch[name] for name in old if name not in telemetry.SHAPE} == {
        name: value for name, value in old.items() if name not in telemetry.SHAPE
    }
    for part in telemetry.SHAPE:
        assert batch[part] == [absent(part) | one for one in old[part]]
    assert tuple(batch["capabilities"]) == FIRST


def test_reports_of_the_first_version_are_read_with_what_was_signed() -> None:
    for one in said("reports"):
        report.check(one)
        body = report.taken(one)
        assert body["format"] == report.FORMAT
        assert json.loads(report.signed(one)) == {k: v for k, v in one.items() if k != "signature"}
    assert report.taken(said("reports")[3])["measures"]["golden_samples"] == 2


def test_what_an_agent_of_the_first_version_parked_is_read() -> None:
    (one,) = parked.parse(recorded("parked"))["parked"]
    assert one == said("parked")["parked"][0]


def test_a_spec_and_a_golden_set_of_the_first_version_are_read() -> None:
    assert [one.key for one in spec.parse(recorded("spec")).features] == ["force", "power"]
    assert [one.code for one in golden.parse(recorded("golden"))] == ["G-790", "G-820"]


def test_what_is_written_of_the_same_model_today_has_the_same_digest() -> None:
    """People signed it: a portal of today must give the very bytes."""
    whole = said("spec")
    del whole["format"]
    assert spec.build(**whole) == recorded("spec")
    again, digest = golden.build(model=said("golden")["model"], samples=said("golden")["samples"])
    assert (again, digest) == (recorded("golden"), sha256(recorded("golden")).hexdigest())


@pytest.mark.parametrize("kind", ["telemetry", "wanted", "void", "parked", "refusal"])
def test_the_answers_of_a_portal_of_the_first_version_are_read(kind: str) -> None:
    answer = said("answers")[kind]
    delivery = Delivery(*(answer[name] for name in ("kind", "node", "id", "digest")))
    refused = kind == "refusal"
    for more in ({}, {"a field of tomorrow": [1]}):
        found = receipt.read(
            delivery,
            status=409 if refused else 200,
            media_type=receipt.PROBLEM_TYPE if refused else receipt.RECEIPT_TYPE,
            body=json.dumps(answer | more).encode(),
        )
        assert isinstance(found, Refusal if refused else Receipt)


# ---- a newer self ----


@pytest.mark.parametrize("kind", sorted(READERS))
def test_a_reader_takes_what_it_knows_of_a_newer_message(kind: str) -> None:
    whole = said(kind) | {"format": said(kind)["format"] + ".7", "a field of tomorrow": {"x": 1}}
    for name in ("windows", "predictions", "rows", "quarantined", "parked", "features", "samples"):
        for record in whole.get(name, []):
            record["a field of tomorrow"] = 7
    newer = jcs.canonical(whole)
    plain = READERS[kind](recorded(kind))
    found = READERS[kind](newer)
    if isinstance(plain, dict):
        plain, found = ({**one, "format": ""} for one in (plain, found))
    assert found == plain


@pytest.mark.parametrize("kind", sorted(READERS))
@pytest.mark.parametrize("major", [2, 0])
def test_another_major_is_refused_with_what_to_update(kind: str, major: int) -> None:
    name = said(kind)["format"].partition("@")[0]
    with pytest.raises(OtherVersion) as refused:
        READERS[kind](jcs.canonical(said(kind) | {"format": f"{name}@{major}"}))
    from_node = kind in ("telemetry", "parked")
    reader, writer = ("portal", "agent") if from_node else ("agent", "portal")
    assert refused.value.sentence.endswith(f"update the {reader if major == 2 else writer}.")
    assert f"{name}@{major}" in refused.value.sentence


@pytest.mark.parametrize(
    "named", [None, 1, "", "mlops-portal/telemetry", "other/telemetry@1", "@1", "x" * 9999]
)
def test_what_names_no_format_or_another_is_no_batch(named: object) -> None:
    with pytest.raises(Invalid) as refused:
        telemetry.parse(json.dumps(said("telemetry") | {"format": named}).encode())
    assert not isinstance(refused.value, OtherVersion)


def test_a_report_of_another_major_is_refused_and_one_of_a_newer_minor_read() -> None:
    one = said("reports")[0]
    report.check(one | {"format": "mlops-portal/report@1.4", "more": 1})
    with pytest.raises(OtherVersion, match="update the portal"):
        report.check(one | {"format": "mlops-portal/report@2"})


def test_an_answer_of_another_major_says_that_the_agent_is_to_be_updated() -> None:
    one = Delivery.of("telemetry", "node-2", "5", b"{}")
    body = json.dumps(receipt.write(one) | {"format": "mlops-portal/receipt@2"}).encode()
    with pytest.raises(OtherVersion, match="update the agent"):
        receipt.read(one, status=200, media_type=receipt.RECEIPT_TYPE, body=body)
    assert receipt.read(one, status=200, media_type="text/html", body=body) is None


# ---- a field more ----


@pytest.mark.parametrize(
    ("part", "field"), [(part, field) for part, shape in telemetry.SHAPE.items() for field in shape]
)
def test_a_reader_that_knows_less_takes_the_rest(part: str, field: str, monkeypatch: Any) -> None:
    fewer = {name: kind for name, kind in telemetry.SHAPE[part].items() if name != field}
    monkeypatch.setitem(telemetry.SHAPE, part, fewer)
    record = said("telemetry")[part][0]
    try:
        found = telemetry.record_of(part, record)
    except KeyError:  # a check of the record itself needs it
        assert part in ("windows", "rows")
        return
    known = absent(part) | {name: value for name, value in record.items() if name != field}
    assert found == known


def test_a_field_that_nodes_send_is_one_line_of_the_table(monkeypatch: Any) -> None:
    """Then the agent fills it and the portal uses it: three files."""
    shape = {**telemetry.SHAPE["predictions"], "humidity": Field(CONFIDENCE, None)}
    monkeypatch.setitem(telemetry.SHAPE, "predictions", shape)
    old = said("telemetry")
    assert {one["humidity"] for one in telemetry.parse(recorded("telemetry"))["predictions"]} == {None}
    for one in old["predictions"]:
        one["humidity"] = 0.4
    assert {one["humidity"] for one in telemetry.parse(json.dumps(old).encode())["predictions"]} == {0.4}
    old["predictions"][3]["humidity"] = "damp"
    with pytest.raises(Invalid) as refused:
        telemetry.parse(json.dumps(old).encode())
    assert refused.value.details["pointer"] == "/predictions/3/humidity"


def test_what_is_not_read_is_named() -> None:
    assert telemetry.unread(said("telemetry")) == []
    newer = said("telemetry") | {"images": []}
    newer["predictions"][0]["humidity"] = 0.4
    assert telemetry.unread(newer) == ["images", "predictions/humidity"]


def test_a_spec_names_what_its_node_must_be_able_to_do(monkeypatch: Any) -> None:
    monkeypatch.setattr(
        spec, "FEATURE", {**spec.FEATURE, "scale": Field(absent=1.0, needs="scaled-readings")}
    )
    whole = said("spec")
    del whole["format"]
    assert spec.build(**whole) == recorded("spec")
    whole["features"][0]["scale"] = 10.0
    data = spec.build(**whole)
    assert formats.needs_named(data) == ["scaled-readings"]
    assert spec.parse(data, has=(*CAPABILITIES, "scaled-readings")).model == "press"
    with pytest.raises(OtherVersion, match=r"scaled-readings.*update the agent"):
        spec.parse(data)
