"""Versions measured on the parts that come now: which count, on what each is never measured, what is told."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from labeling.compute.now.again import figures
from labeling.models import Label, LabelRequest, NowMeasure
from labeling.selectors.now import alert_open, span_of, versions_behind
from labeling.tasks import now as task
from labeling.tasks.crossfitting import crossfitted_of
from labeling.transitions import RequestState
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.registry.models import Artifact, ModelVersion
from mlops_portal.foundation.registry.services import artifact_read, champion_set
from monitoring.models import Alert, Prediction, SampledRow
from monitoring.transitions import AlertState, Cause
from tests.cast import Cast
from tests.labeling.plant import NOW, Shop, judged_parts, make_shop, train

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=12)


@pytest.fixture
def shop(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr(task.timezone, "now", lambda: LATER)
    return make_shop(cast)


def running(cast: Cast, shop: Shop) -> ModelVersion:
    version = train(cast, shop).candidate
    champion_set(asset=shop.asset, version=version, number=1)
    return version


def newest(version: ModelVersion) -> NowMeasure:
    return NowMeasure.objects.filter(version=version)[0]


def alert_of(shop: Shop, version: ModelVersion, **values: object) -> Alert:
    return Alert.objects.create(
        asset=shop.asset, version=version, kind="input_drift", since=NOW, opened_at=NOW, **values
    )


def test_a_candidate_is_measured_beside_the_champion_on_rows_that_neither_was_taught(
    cast: Cast, shop: Shop
) -> None:
    first = running(cast, shop)
    judged_parts(shop, first, 60)
    Prediction.objects.filter(pk__in=[f"node-1:{n}" for n in range(40, 60)]).update(truth="")
    run = train(cast, shop)
    body = newest(run.candidate).body
    whole = body["together"]
    assert (whole["case"], whole["labelled"], whole["rows"], whole["parts"]) == ("measured", 40, 60, 600)
    for who in ("challenger", "champion"):
        assert 0 <= whole[who]["wrong"]["low"] <= whole[who]["wrong"]["value"] <= whole[who]["wrong"]["high"]
    assert set(whole["differences"]) >= {"wrong", "missed", "rejected"}
    assert body["machines"].keys() == {"press-1"}
    crossed, held = crossfitted_of(run.candidate)
    assert (len(crossed), len(held)) == (32, 8)  # a fifth is held out: the version itself was not taught it
    assert Event.objects.filter(type="labeling.now.measured").exists()
    kept = json.loads(artifact_read(Artifact.objects.get(pk=newest(run.candidate).rows)))
    again = figures(kept)
    assert again == {key: body[key] for key in again}  # RAF-4: the same measures again from what is exported


def test_without_a_label_since_the_happening_there_is_no_figure_and_a_number_to_ask_for(
    cast: Cast, shop: Shop
) -> None:
    first = running(cast, shop)
    judged_parts(shop, first, 10, truth=False)
    body = task.now_measure(first).body
    assert body["together"]["case"] == "nothing"
    assert body["together"]["more"] == 30
    assert "challenger" not in body["together"]


def test_labels_of_parts_that_the_model_chose_alone_give_no_figure(cast: Cast, shop: Shop) -> None:
    first = running(cast, shop)
    rows = judged_parts(shop, first, 10, truth=False)
    answered(cast, shop, first, rows[:4], random=False)
    assert task.now_measure(first).body["together"]["case"] == "no_chance"


def test_one_class_alone_is_told_and_defects_missed_have_no_figure(cast: Cast, shop: Shop) -> None:
    first = running(cast, shop)
    rows = judged_parts(shop, first, 10, truth=False)
    answered(cast, shop, first, rows[:4], random=True)
    whole = task.now_measure(first).body["together"]
    assert whole["case"] == "measured"
    assert {"one_class", "few"} <= set(whole["notes"])
    assert whole["challenger"]["missed"] is None
    assert whole["challenger"]["wrong"]["high"] > 0.4


def test_labels_that_contradict_do_not_count_and_are_told(cast: Cast, shop: Shop) -> None:
    first = running(cast, shop)
    rows = judged_parts(shop, first, 10, truth=False)
    answered(cast, shop, first, rows[:4], random=True)
    LabelRequest.objects.filter(row=rows[0]).update(state=RequestState.DISPUTED)
    body = task.now_measure(first).body
    assert body["disputed"] == 1
    assert body["together"]["labelled"] == 3


def test_parts_asked_about_by_chance_that_nobody_could_tell_are_told(cast: Cast, shop: Shop) -> None:
    first = running(cast, shop)
    rows = judged_parts(shop, first, 10, truth=False)
    answered(cast, shop, first, rows[:6], random=True)
    answered(cast, shop, first, rows[6:8], random=False)
    Label.objects.filter(request__row__in=rows[:2]).update(answer="cant_tell")
    LabelRequest.objects.filter(row=rows[2]).update(state=RequestState.EXPIRED)
    Label.objects.filter(request__row=rows[2]).delete()
    body = task.now_measure(first).body
    assert (body["unanswered"], body["together"]["labelled"]) == (3, 5)
    LabelRequest.objects.filter(row=rows[0]).update(state=RequestState.WITHDRAWN)  # no expert could tell
    assert task.now_measure(first).body["unanswered"] == 3


def test_an_asset_without_labels_has_a_stated_result_beside_one_that_has(cast: Cast, shop: Shop) -> None:
    first = running(cast, shop)
    rows = judged_parts(shop, first, 12, truth=False)
    answered(cast, shop, first, rows[:6], random=True)
    other = type(shop.asset).objects.create(
        name="Press 2", slug="press-2", line=cast.line_1, type=shop.asset.type, node=shop.node
    )
    Prediction.objects.filter(pk__in=[row.prediction_id for row in rows[6:]]).update(asset=other)
    machines = task.now_measure(first).body["machines"]
    assert (machines["press-1"]["case"], machines["press-2"]["case"]) == ("measured", "nothing")


def test_a_happening_that_went_away_counts_only_parts_since(cast: Cast, shop: Shop) -> None:
    first = running(cast, shop)
    judged_parts(shop, first, 30)
    gone = NOW + timedelta(minutes=20)
    alert = alert_of(shop, first, state=AlertState.RESOLVED, cause=Cause.SENSOR, resolved_at=gone)
    span = span_of(shop.model, alert=alert, until=LATER)
    assert (span.why, span.since) == ("over", gone)
    kept = train(cast, shop, alert=alert).candidate
    body = newest(kept).body
    assert body["why"] == "over"
    assert body["together"]["rows"] == 10


def test_a_process_that_changed_for_good_counts_since_it_changed(cast: Cast, shop: Shop) -> None:
    first = running(cast, shop)
    alert = alert_of(shop, first, state=AlertState.RESOLVED, cause=Cause.PROCESS, resolved_at=LATER)
    assert span_of(shop.model, alert=alert, until=LATER).why == "alert"
    assert span_of(shop.model, alert=None, until=LATER).why == "alert"
    assert span_of(shop.model, alert=None, until=NOW + timedelta(days=31)).why == "days"
    Alert.objects.update(cause=Cause.FALSE_ALARM)
    assert span_of(shop.model, alert=None, until=LATER).why == "days"


def test_a_newer_happening_on_the_machine_of_the_run_counts_and_one_elsewhere_does_not(
    cast: Cast, shop: Shop
) -> None:
    first = running(cast, shop)
    alert = alert_of(shop, first, state=AlertState.RESOLVED, cause=Cause.PROCESS, resolved_at=NOW)
    newer = alert_of(shop, first)
    later = NOW + timedelta(minutes=20)
    Alert.objects.filter(pk=newer.pk).update(since=later)
    assert span_of(shop.model, alert=alert, until=LATER).since == later
    assert span_of(shop.model, alert=alert, until=NOW + timedelta(minutes=10)).since == NOW
    other = type(shop.asset).objects.create(
        name="Press 2", slug="press-2", line=cast.line_1, type=shop.asset.type, node=shop.node
    )
    Alert.objects.filter(pk=newer.pk).update(asset=other)
    assert span_of(shop.model, alert=alert, until=LATER).since == NOW


@pytest.mark.parametrize(("cause", "rows"), [(Cause.SENSOR, 20), (Cause.DATA, 20), (Cause.FALSE_ALARM, 30)])
def test_parts_that_were_read_wrongly_count_in_no_span(
    cast: Cast, shop: Shop, cause: Cause, rows: int
) -> None:
    first = running(cast, shop)
    judged_parts(shop, first, 30)
    alert = alert_of(shop, first, state=AlertState.RESOLVED, cause=cause)
    Alert.objects.update(since=NOW + timedelta(minutes=10), resolved_at=NOW + timedelta(minutes=20))
    body = task.now_measure(first).body
    assert (body["why"], body["together"]["rows"]) == ("days", rows)
    assert alert.version == first


def test_labels_of_one_lot_alone_are_told(cast: Cast, shop: Shop) -> None:
    first = running(cast, shop)
    rows = judged_parts(shop, first, 12, truth=False)
    Prediction.objects.filter(pk__in=[row.prediction_id for row in rows[:6]]).update(lot="A")
    Prediction.objects.filter(pk__in=[row.prediction_id for row in rows[6:]]).update(lot="B")
    answered(cast, shop, first, rows[:6], random=True)
    assert "one_lot" in task.now_measure(first).body["together"]["notes"]


def test_what_was_measured_is_measured_again_when_labels_came_and_not_else(cast: Cast, shop: Shop) -> None:
    first = running(cast, shop)
    judged_parts(shop, first, 12)
    before = NowMeasure.objects.count()
    assert first in versions_behind(now=LATER)
    task.now_again()
    assert newest(first).labels == 12
    assert versions_behind(now=LATER) == []
    assert task.now_again() == 0
    assert NowMeasure.objects.count() > before


def test_what_was_measured_is_measured_again_when_an_alert_opens_or_is_resolved(
    cast: Cast, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = running(cast, shop)
    judged_parts(shop, first, 12)
    task.now_again()
    assert newest(first).body["why"] == "days"
    after = LATER + timedelta(hours=1)
    alert = alert_of(shop, first)
    Alert.objects.update(since=LATER, opened_at=after)
    monkeypatch.setattr(task.timezone, "now", lambda: after + timedelta(hours=1))
    assert task.now_again() == 1
    assert (newest(first).body["why"], newest(first).body["together"]["labelled"]) == ("alert", 0)
    assert task.now_again() == 0
    Alert.objects.update(state=AlertState.RESOLVED, cause=Cause.DATA, resolved_at=after + timedelta(hours=2))
    assert alert_open(shop.model) is False
    assert first in versions_behind(now=after + timedelta(hours=3))
    assert alert.version == first


def answered(cast: Cast, shop: Shop, version: ModelVersion, rows: list[SampledRow], *, random: bool) -> None:
    """One batch of questions, each answered “ok”."""
    for row in rows:
        asked = LabelRequest.objects.create(
            row=row, version=version, line=cast.line_1, why={"random": random, "text_key": "random"},
            inclusion_probability=0.4 if random else 1.0, asked_at=LATER - timedelta(hours=1),
            expires_at=LATER + timedelta(days=1), state=RequestState.ANSWERED,
        )  # fmt: skip
        asked.labels.create(
            person=cast.one.operator, answer="ok", model_said="ok", at=LATER - timedelta(minutes=30)
        )
