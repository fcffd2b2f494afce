"""Asking a line about parts: the job, the questions it writes, and what it says where it cannot choose."""

from __future__ import annotations

import numpy as np
import pytest
from django.utils import timezone

from labeling.compute.training.fit import fit
from labeling.models import Label, LabelRequest
from labeling.models.parameters import parameters_checked
from labeling.selectors.pool import asked_anyway
from labeling.selectors.rows import Usable, rows_for
from labeling.selectors.why import why_text
from labeling.services import requests_ask
from labeling.services.zone import zone_requests_add
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.registry.compute import datasets, store
from mlops_portal.foundation.registry.models import AutomationLevel, Level, ModelVersion, Step
from mlops_portal.foundation.registry.selectors import features_of
from mlops_portal.foundation.registry.services import artifact_put, artifact_read
from mlops_portal.foundation.shell.models import Job, Notification
from mlops_portal.foundation.wire.errors import Invalid, NotAllowed
from monitoring.models import Alert, Prediction, SampledRow
from tests.cast import Cast
from tests.labeling.plant import QUICK, Shop, a_version, judged_parts, make_shop

pytestmark = pytest.mark.django_db(transaction=True)  # the job runs after commit


@pytest.fixture
def shop(cast_on_disk: Cast) -> Shop:
    return make_shop(cast_on_disk)


@pytest.fixture
def cast_on_disk(transactional_db) -> Cast:
    from tests.cast import make_cast

    return make_cast()


def trained(shop: Shop) -> ModelVersion:
    """A version with a real model in its store."""
    keys = [one.key for one in features_of(shop.model)]
    base = datasets.decode(artifact_read(shop.dataset.artifact), keys)
    names = [one["key"] for one in shop.model.classes]
    label = np.array([names.index(one) for one in base.label])
    model = fit(base.readings, label, np.zeros(len(label), bool), parameters_checked(QUICK))
    version = a_version(shop)
    version.store = artifact_put(data=store.dump(model), kind="store", name="m")
    version.measures = {"classes": [names[place] for place in model.classes_]}
    version.reference = {
        "features": {
            key: {"edges": [0.0, 1.0], "mean": float(np.nanmean(column)), "sd": float(np.nanstd(column))}
            for key, column in zip(keys, base.readings.T, strict=True)
        }
    }
    version.save()
    return version


def asked(cast: Cast, version: ModelVersion, count: int = 10, alert: Alert | None = None) -> Job:
    job = requests_ask(by=cast.one.domain_expert, alert=alert, version=version, line=cast.line_1, count=count)
    return Job.objects.get(pk=job.pk)


def test_an_expert_asks_and_the_line_gets_questions_with_reasons(cast_on_disk, shop):
    version = trained(shop)
    judged_parts(shop, version, 60, truth=False)
    job = asked(cast_on_disk, version)
    assert (job.state, job.message) == ("done", "10 parts are asked about.")
    questions = list(LabelRequest.objects.all())
    assert len({one.row_id for one in questions}) == 10
    assert sum(one.why["random"] for one in questions) == 2
    for one in questions:
        assert why_text(one)
        assert 0 < one.inclusion_probability <= 1
        assert one.why["measure"] in ("margin", "novelty")
    event = Event.objects.get(type="labeling.requests.asked")
    assert (event.data["count"], event.data["random"]) == (10, 2)
    told = set(Notification.objects.filter(kind="labels.asked").values_list("person__username", flat=True))
    assert "operator-one" in told
    assert "operator-two" not in told


def test_a_part_is_asked_about_once(cast_on_disk, shop):
    version = trained(shop)
    judged_parts(shop, version, 15, truth=False)
    asked(cast_on_disk, version, 10)
    asked(cast_on_disk, version, 10)
    third = asked(cast_on_disk, version, 10)
    assert LabelRequest.objects.count() == 15
    assert third.state == "failed"
    assert "no sampled part" in third.message


def test_parts_that_a_node_asked_about_anyway_take_part_in_the_draw_and_are_asked_once(cast_on_disk, shop):
    version = trained(shop)
    rows = judged_parts(shop, version, 12, truth=False)
    marked = {row.prediction_id for row in rows[:4]}
    Prediction.objects.filter(pk__in=marked).update(asks=True, at=timezone.now())
    assert zone_requests_add() == 4
    zone = LabelRequest.objects.filter(why__strategy="ask_zone")
    assert not any(one.by_chance for one in zone)
    asked(cast_on_disk, version, 10)  # the eight that are left: whole, so the draw hits every part
    assert LabelRequest.objects.count() == 12
    assert all(one.by_chance for one in LabelRequest.objects.all())
    assert {one.inclusion_probability for one in zone.all()} == {1.0}
    event = Event.objects.get(type="labeling.requests.asked")
    assert sorted(event.data["hit"]) == sorted(str(one.pk) for one in zone.all())
    operator = cast_on_disk.one.operator
    for one in zone.all():
        Label.objects.create(request=one, person=operator, answer="crack", model_said="ok", at=timezone.now())
    known = {one.row.prediction: one.by_chance for one in rows_for(shop.model) if isinstance(one, Usable)}
    assert known == dict.fromkeys(marked, True)


def test_what_was_hit_once_is_not_in_a_later_draw_and_another_machines_part_is_in_none(cast_on_disk, shop):
    version = trained(shop)
    rows = judged_parts(shop, version, 8, truth=False)
    Prediction.objects.filter(pk__in=[row.prediction_id for row in rows[:2]]).update(
        asks=True, at=timezone.now()
    )
    zone_requests_add()
    line, alert = cast_on_disk.line_1, None
    assert set(asked_anyway(version=version, line=line, alert=alert).values()) == {
        1.0 / rows[0].inclusion_probability
    }
    assert len(asked_anyway(version=version, line=line, alert=alert)) == 2
    assert not asked_anyway(version=version, line=cast_on_disk.line_2, alert=alert)
    asked(cast_on_disk, version, 10)
    assert not asked_anyway(version=version, line=line, alert=alert)


def test_inspected_parts_and_golden_samples_are_not_asked_about(cast_on_disk, shop):
    version = trained(shop)
    rows = judged_parts(shop, version, 5, truth=True)
    Prediction.objects.filter(pk=rows[0].prediction_id).update(truth="")
    Prediction.objects.filter(pk=rows[1].prediction_id).update(truth="")
    SampledRow.objects.filter(pk=rows[1].pk).update(reason="golden")
    asked(cast_on_disk, version)
    assert [one.row for one in LabelRequest.objects.all()] == [rows[0]]
    assert "few parts" in why_text(LabelRequest.objects.get())


def test_from_an_alert_only_parts_since_it_began_are_asked_about(cast_on_disk, shop):
    version = trained(shop)
    rows = judged_parts(shop, version, 20, truth=False)
    alert = Alert.objects.create(
        asset=shop.asset,
        version=version,
        kind="data_drift",
        since=rows[12].prediction.at,
        opened_at=timezone.now(),
    )
    asked(cast_on_disk, version, 20, alert)
    questions = LabelRequest.objects.all()
    assert {one.row for one in questions} == set(rows[12:])
    assert {one.alert for one in questions} == {alert}


def test_a_lot_that_lies_apart_is_named(cast_on_disk, shop):
    version = trained(shop)
    rows = judged_parts(shop, version, 60, truth=False)
    for row in rows[:12]:
        row.readings["sheet_hardness"] += 60
        row.save()
        Prediction.objects.filter(pk=row.prediction_id).update(lot="7731")
    asked(cast_on_disk, version, 10)
    reasons = [why_text(one) for one in LabelRequest.objects.all() if one.why["measure"] == "novelty"]
    assert reasons
    assert set(reasons) == {"Parts from lot 7731 look new to the model."}


def test_a_version_without_a_trained_model_says_that_it_cannot_choose(cast_on_disk, shop):
    version = a_version(shop)
    judged_parts(shop, version, 5, truth=False)
    job = asked(cast_on_disk, version)
    assert job.state == "failed"
    assert "cannot say where it hesitates" in job.message
    assert not LabelRequest.objects.exists()


def test_who_may_not_ask_is_told_so(cast_on_disk, shop):
    version = a_version(shop)
    with pytest.raises(NotAllowed):
        requests_ask(
            by=cast_on_disk.one.operator, alert=None, version=version, line=cast_on_disk.line_1, count=5
        )


def test_the_portal_asks_by_itself_only_where_that_was_set(cast_on_disk, shop):
    version = trained(shop)
    judged_parts(shop, version, 5, truth=False)
    line = cast_on_disk.line_1
    with pytest.raises(NotAllowed):
        requests_ask(by=None, alert=None, version=version, line=line, count=5)
    AutomationLevel.objects.update_or_create(
        model=shop.model, step=Step.LABEL, defaults={"level": Level.AUTO}
    )
    requests_ask(by=None, alert=None, version=version, line=line, count=5)
    assert LabelRequest.objects.filter(asked_by=None).count() == 5


@pytest.mark.parametrize("count", [0, 201])
def test_a_number_beyond_reason_is_refused(cast_on_disk, shop, count):
    with pytest.raises(Invalid):
        requests_ask(
            by=cast_on_disk.one.domain_expert,
            alert=None,
            version=a_version(shop),
            line=cast_on_disk.line_1,
            count=count,
        )
