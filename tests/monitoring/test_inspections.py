"""What inspection finds: every result stays, the newest counts, and it goes to the models that it is for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.plant.models import Asset, AssetType
from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel
from mlops_portal.foundation.wire.errors import NotAllowed
from monitoring.errors import InspectionUnfit, NoSuchClass, NoSuchPart, WhichModel
from monitoring.measures.selectors.sources import source_values
from monitoring.models import Inspection, Measure, Prediction, StatisticPoint
from monitoring.performance.services.inspections import inspection_record
from tests.monitoring.ground import judge_windows

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0) - timedelta(days=10)


def judged(floor, number: int, *, asset=None, version=None, part: str = "", label: str = "ok") -> Prediction:
    asset = asset or floor.press
    return Prediction.objects.create(
        id=f"node-1:{number}", node=floor.node, asset=asset, version=version or floor.version,
        activation=f"{asset.slug}/1", part_id=part or f"p{number}", label=label, confidence=0.9,
        at=NOW - timedelta(days=3) + timedelta(minutes=number),
    )  # fmt: skip


@pytest.fixture
def by(floor):
    return floor.cast.whole.quality_engineer


@pytest.fixture
def mill(floor) -> ModelVersion:
    """A mill on the same line, whose model knows “ok” and “burr”."""
    kind = AssetType.objects.create(name="Mill", slug="mill")
    Asset.objects.create(name="Mill 1", slug="mill-1", line=floor.press.line, type=kind, node=floor.node)
    model = RegisteredModel.objects.create(
        slug="mill-quality", name="Mill quality", asset_type=kind, window_seconds=60, created_at=NOW,
        classes=[
            {"key": key, "words": {"en": key}, "icon": "", "defect": key == "burr"} for key in ("ok", "burr")
        ],
    )  # fmt: skip
    return ModelVersion.objects.create(
        model=model, number=1, state="approved", artifact=floor.version.artifact, pipeline="p",
        reference={"features": {}}, reference_digest="0" * 64, created_at=NOW,
    )  # fmt: skip


def both(floor, mill: ModelVersion) -> tuple[Prediction, Prediction]:
    """One part that the press's model and the mill's model judged."""
    press = judged(floor, 1, part="K1")
    milled = judged(floor, 2, part="K1", asset=Asset.objects.get(slug="mill-1"), version=mill)
    return press, milled


def test_a_late_older_result_stays_and_does_not_overwrite_the_newer_one(floor, by):
    one = judged(floor, 1)
    inspection_record(by=by, part_id="p1", truth="ok", at=NOW)
    inspection_record(by=by, part_id="p1", truth="crack", at=NOW - timedelta(days=2))
    one.refresh_from_db()
    assert (one.truth, one.truth_at) == ("ok", NOW)
    found = list(Inspection.objects.values_list("truth", "at"))
    assert found == [("crack", NOW - timedelta(days=2)), ("ok", NOW)]
    early, late = Inspection.objects.order_by("arrived_at")
    assert (early.truth, late.truth) == ("ok", "crack")


def test_a_newer_result_counts_and_the_contradiction_is_an_event_once(floor, by):
    one = judged(floor, 1)
    inspection_record(by=by, part_id="p1", truth="ok", at=NOW - timedelta(days=1))
    inspection_record(by=by, part_id="p1", truth="crack", at=NOW)
    inspection_record(by=by, part_id="p1", truth="ok", at=NOW - timedelta(hours=1))
    one.refresh_from_db()
    assert (one.truth, one.contradicted) == ("crack", True)
    event = Event.objects.get(type="monitoring.inspection.contradicted")
    assert (event.data["truths"], event.data["counts"]) == (["crack", "ok"], "crack")


def test_two_inspections_that_agree_are_no_contradiction_and_the_same_again_is_nothing(floor, by):
    one = judged(floor, 1)
    for at in (NOW, NOW, NOW - timedelta(days=1)):
        inspection_record(by=by, part_id="p1", truth="ok", at=at)
    one.refresh_from_db()
    assert (Inspection.objects.count(), one.contradicted) == (2, False)
    assert Event.objects.filter(type="monitoring.inspection.recorded").count() == 2


def test_a_result_goes_to_the_model_that_knows_its_class_and_not_to_the_other(floor, mill, by):
    press, milled = both(floor, mill)
    inspection_record(by=by, part_id="K1", truth="crack")
    inspection_record(by=by, part_id="K1", truth="burr")
    press.refresh_from_db()
    milled.refresh_from_db()
    assert (press.truth, milled.truth) == ("crack", "burr")
    assert not press.contradicted
    assert not milled.contradicted


def test_a_class_that_both_models_know_is_asked_about_and_the_named_one_is_meant(floor, mill, by):
    press, milled = both(floor, mill)
    with pytest.raises(WhichModel, match=r"press-quality \(press-1\)"):
        inspection_record(by=by, part_id="K1", truth="ok")
    assert not Inspection.objects.exists()
    inspection_record(by=by, part_id="K1", truth="ok", model="mill-quality")
    milled.refresh_from_db()
    press.refresh_from_db()
    assert (milled.truth, press.truth) == ("ok", "")
    inspection_record(by=by, part_id="K1", truth="ok", asset="press-1")
    press.refresh_from_db()
    assert press.truth == "ok"


def test_a_class_that_nobody_knows_and_a_machine_that_did_not_judge_are_said(floor, mill, by):
    both(floor, mill)
    with pytest.raises(NoSuchClass, match=r"Mill quality \(there are ok, burr"):
        inspection_record(by=by, part_id="K1", truth="rust")
    with pytest.raises(NoSuchClass, match="Mill quality"):
        inspection_record(by=by, part_id="K1", truth="crack", model="mill-quality")
    with pytest.raises(NoSuchPart, match=r"mill-quality \(mill-1\)"):
        inspection_record(by=by, part_id="K1", truth="ok", asset="press-2")


def test_two_machines_of_one_model_both_learn_of_it(floor, by):
    judged(floor, 1, part="K1")
    judged(floor, 2, part="K1", asset=floor.other)
    assert len(inspection_record(by=by, part_id="K1", truth="crack")) == 2


@pytest.mark.parametrize("at", [datetime(1, 1, 1, tzinfo=UTC), datetime(2, 1, 1, tzinfo=UTC)])
def test_a_time_that_cannot_be_is_refused(floor, by, at):
    judged(floor, 1)
    with pytest.raises(InspectionUnfit):
        inspection_record(by=by, part_id="p1", truth="ok", at=at)
    with pytest.raises(InspectionUnfit):
        inspection_record(by=by, part_id="p1", truth="ok", at=timezone.now() + timedelta(days=1))


def test_a_part_is_met_with_and_without_the_point_of_a_spreadsheet(floor, by):
    one = judged(floor, 1, part="1000")
    inspection_record(by=by, part_id="1000.0", truth="crack")
    one.refresh_from_db()
    assert one.truth == "crack"


def test_the_api_names_the_model_and_shows_every_result(floor, mill, by, client_for):
    both(floor, mill)
    client = client_for(by)

    def post(status: int, **body):
        answer = client.post("/api/v1/inspections/", body, content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json()

    asked = post(422, part="K1", truth="ok")
    assert asked["type"].endswith("which-model")
    post(201, part="K1", truth="ok", model="press-quality", at=NOW.isoformat())
    (found,) = post(201, part="K1", truth="crack", at=(NOW - timedelta(days=1)).isoformat())
    assert (found["model"], found["truth"], found["contradicted"]) == ("press-quality", "ok", True)
    assert [one["truth"] for one in found["inspections"]] == ["crack", "ok"]
    listed = client.get("/api/v1/predictions/?contradicted=true").json()["results"]
    assert [one["id"] for one in listed] == ["node-1:1"]


def test_the_page_shows_both_results_and_which_counts_to_those_of_the_line(floor, by, client_for):
    judged(floor, 1)
    inspection_record(by=by, part_id="p1", truth="ok", at=NOW)
    inspection_record(by=by, part_id="p1", truth="crack", at=NOW - timedelta(days=1))
    page = client_for(by).get("/inspections/").content.decode()
    assert ">p1<" in page
    assert "/lineage/node-1:1/" in page
    lineage = client_for(floor.cast.one.auditor).get("/lineage/node-1:1/").content.decode()
    assert "Inspections disagree" in lineage
    other = client_for(floor.cast.two.quality_engineer).get("/inspections/").content.decode()
    assert ">p1<" not in other
    assert "No inspections disagree" in other


def test_a_result_that_comes_late_about_an_old_part_moves_the_error_and_its_measure(floor, by):
    for number in range(60):
        judged(floor, number)
    for number in range(30, 60):
        inspection_record(by=by, part_id=f"p{number}", truth="ok", at=NOW)
    judge_windows()
    assert StatisticPoint.objects.get(feature=":error").value == 0.0
    measure = Measure(pk=1, asset=floor.press, source=":error")
    assert [one.value for one in source_values(measure, now=timezone.now()).values()] == [0.0]
    for number in range(30):  # older parts, inspected earlier, told of later
        inspection_record(by=by, part_id=f"p{number}", truth="crack", at=NOW - timedelta(days=1))
    judge_windows()
    point = StatisticPoint.objects.get(feature=":error")
    assert (point.n, point.value) == (60, 0.5)
    told = Inspection.objects.order_by("arrived_at")[29].arrived_at
    late = [given.value for at, given in source_values(measure, now=timezone.now()).items() if at > told]
    assert late == [pytest.approx(100 * 20 / 25)]
    assert not Inspection.objects.filter(charted_at=None).exists()


def test_who_may_not_record_anywhere_learns_neither_parts_nor_classes(floor, mill):
    both(floor, mill)
    for person in (floor.cast.stranger, floor.cast.one.auditor, floor.cast.one.administrator):
        for part, truth in (("K1", "crack"), ("K1", "rust"), ("K1", "ok"), ("nowhere", "ok")):
            with pytest.raises(NotAllowed):
                inspection_record(by=person, part_id=part, truth=truth)
    assert not Inspection.objects.exists()


def test_on_another_line_a_part_is_as_unknown_as_one_that_nobody_judged(floor, by):
    judged(floor, 1)
    other = floor.cast.two.operator
    said = []
    for part, truth in (("p1", "ok"), ("p1", "rust"), ("p9", "ok")):
        with pytest.raises(NoSuchPart) as refused:
            inspection_record(by=other, part_id=part, truth=truth)
        said.append(refused.value.sentence.replace(part, "…"))
    assert len(set(said)) == 1
    assert not Inspection.objects.exists()
