"""What a model may decide alone: promised by a person, proven in training, obeyed by the node's marks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from labeling.compute.training.rows import BASE, Rows
from labeling.models import Label, LabelRequest
from labeling.selectors.alone import alone_on
from labeling.services import label_next
from labeling.services.zone import LASTS, MOST_OPEN, zone_requests_add
from labeling.tasks.training_measures import Measuring
from labeling.transitions import RequestState
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.registry.models import AskZone, ModelVersion
from mlops_portal.foundation.registry.selectors import spec_of
from mlops_portal.foundation.registry.services import ask_zone_end, ask_zone_set
from mlops_portal.foundation.wire.errors import Invalid, NotAllowed
from monitoring.models import Prediction, SampledRow
from tests.labeling.plant import candidate, judged_parts, make_shop, train

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(cast):
    return make_shop(cast)


def promise(cast, model, wrong_share=0.2, certainty=0.9):
    ask_zone_set(
        by=cast.whole.quality_engineer,
        model=model,
        wrong_share=wrong_share,
        certainty=certainty,
        reason="Why",
    )


def mark(rows, *, asks=True, **more):
    ids = [one.prediction_id for one in rows]
    Prediction.objects.filter(pk__in=ids).update(asks=asks, at=timezone.now(), **more)


def test_a_promise_is_proven_in_training_and_stands_in_the_spec_that_is_signed(cast, shop):
    promise(cast, shop.model)
    version = candidate(train(cast, shop))
    proof = version.measures["ask_zone"]
    assert proof["population"] == "all"
    assert proof["wrong"] <= proof["alone"] <= proof["rows"] <= 120
    assert (proof["threshold"] is None) != (proof["at_most"] <= 0.2)
    spec = spec_of(version)
    assert spec.get("ask_below", 0.0) == (proof["threshold"] or 0.0)
    assert ("ask-zone" in spec.get("needs", [])) == (proof["threshold"] is not None)


def test_many_rows_of_few_parts_prove_no_more_than_the_parts_do(cast, shop):
    promise(cast, shop.model)
    parts, each = 12, 20
    n = parts * each
    held = Rows(
        readings=np.zeros((n, 1)),
        label=np.zeros(n, dtype=np.int64),
        part=np.repeat([f"P-{one}" for one in range(parts)], each),
        asset=np.full(n, "press-1"),
        source=np.full(n, BASE),
        at=np.zeros(n),
        by_chance=np.ones(n, dtype=np.bool_),
    )
    sure = np.column_stack([np.full(n, 0.9), np.full(n, 0.1)])
    measuring = Measuring(shop.model, 1)
    proof = measuring.alone(held, (sure, [0, 1]), AskZone.objects.get())
    assert (proof["rows"], proof["threshold"]) == (parts, None)
    several = replace(held, part=np.arange(n).astype(np.str_))
    assert measuring.alone(several, (sure, [0, 1]), AskZone.objects.get())["threshold"] == 0.9


def test_a_promise_is_an_event_with_a_reason_and_may_be_taken_back(cast, queue):
    model = queue.version.model
    promise(cast, model)
    promise(cast, model)
    ask_zone_end(by=cast.whole.quality_engineer, model=model, reason="No people")
    ask_zone_end(by=cast.whole.quality_engineer, model=model, reason="No people")
    assert Event.objects.filter(type="registry.ask_zone.set").count() == 1
    assert Event.objects.filter(type="registry.ask_zone.ended").count() == 1
    assert not AskZone.objects.exists()


@pytest.mark.parametrize(
    ("wrong_share", "certainty", "reason"),
    [
        (0.0, 0.95, "Why"),
        (0.6, 0.95, "Why"),
        (float("nan"), 0.95, "Why"),
        (0.05, 1.0, "Why"),
        (0.05, 0.95, " "),
    ],
)
def test_what_nobody_can_mean_is_refused(cast, queue, wrong_share, certainty, reason):
    with pytest.raises(Invalid):
        ask_zone_set(
            by=cast.whole.quality_engineer, model=queue.version.model,
            wrong_share=wrong_share, certainty=certainty, reason=reason,
        )  # fmt: skip
    assert not AskZone.objects.exists()


def test_who_does_not_answer_for_quality_promises_nothing(cast, queue):
    with pytest.raises(NotAllowed):
        ask_zone_set(
            by=cast.whole.ml_engineer, model=queue.version.model, wrong_share=0.1, certainty=0.9, reason="Why"
        )


def test_marked_parts_come_before_questions_that_teach_and_are_asked_once(cast, queue):
    marked = judged_parts(queue.shop, queue.version, 3, truth=False, first=10)
    mark(marked)
    assert zone_requests_add() == 3
    assert zone_requests_add() == 0
    first = label_next(by=queue.operator, line=cast.line_1)
    assert first.row in marked
    assert first.inclusion_probability == 1.0
    event = Event.objects.get(type="labeling.zone.asked")
    assert event.data["count"] == 3


def test_a_part_that_left_hours_ago_or_was_inspected_is_not_asked_about(queue):
    old, known = judged_parts(queue.shop, queue.version, 2, truth=False, first=10)
    mark([old, known])
    Prediction.objects.filter(pk=old.prediction_id).update(at=timezone.now() - LASTS - timedelta(minutes=1))
    Prediction.objects.filter(pk=known.prediction_id).update(truth="ok")
    assert zone_requests_add() == 0


def test_a_line_is_never_buried_in_questions(queue, monkeypatch):
    monkeypatch.setattr("labeling.services.zone.MOST_OPEN", 2)
    mark(judged_parts(queue.shop, queue.version, 4, truth=False, first=10))
    assert MOST_OPEN > 2
    assert zone_requests_add() == 2
    assert zone_requests_add() == 0
    LabelRequest.objects.filter(why__strategy="ask_zone").update(state=RequestState.ANSWERED)
    assert zone_requests_add() == 2


def test_a_line_where_nobody_answers_does_not_keep_another_from_being_asked(cast, queue, monkeypatch):
    monkeypatch.setattr("labeling.services.zone.MOST_OPEN", 2)
    monkeypatch.setattr("labeling.services.zone.MOST", 4)
    rows = judged_parts(queue.shop, queue.version, 8, truth=False, first=10)
    elsewhere = type(queue.shop.asset).objects.create(
        name="Press 9", slug="press-9", line=cast.line_2, type=queue.shop.asset.type, node=queue.shop.node
    )
    mark(rows[:7])
    mark(rows[7:], asset=elsewhere)
    assert zone_requests_add() == 2
    assert zone_requests_add() == 1
    assert LabelRequest.objects.get(row=rows[7]).line == cast.line_2


def zoned(version, **more):
    zone = {"wrong_share": 0.1, "certainty": 0.95, "threshold": 0.9, "population": "now", **more}
    ModelVersion.objects.filter(pk=version.pk).update(measures=version.measures | {"ask_zone": zone})
    version.refresh_from_db()
    return version


def test_what_was_decided_alone_is_held_against_the_promise_by_truths_that_came_by_chance(queue):
    version = zoned(queue.version)
    rows = judged_parts(queue.shop, version, 60, truth=False, first=10)
    now = timezone.now()
    mark(rows, asks=False, truth="ok", label="ok", truth_source="inspection")
    mark(rows[:20], asks=True)
    mark(queue.rows, asks=False)
    (seen,) = alone_on([(queue.shop.asset, version)], now=now)
    assert (seen.judged, seen.asked, seen.known, seen.wrong) == (63, 20, 40, 0)
    assert seen.share == pytest.approx(100 * 43 / 63)
    assert seen.state == "kept"

    request, said = queue.requests[0], queue.rows[0].prediction.label
    other = next(one["key"] for one in version.model.classes if one["key"] != said)
    Label.objects.create(request=request, person=queue.operator, answer=other, model_said=said, at=now)
    (seen,) = alone_on([(queue.shop.asset, version)], now=now)
    assert (seen.known, seen.wrong, seen.state) == (41, 1, "open")

    Prediction.objects.filter(pk__in=[one.prediction_id for one in rows[20:45]]).update(truth="crack")
    (seen,) = alone_on([(queue.shop.asset, version)], now=now)
    assert seen.state == "broken"


def test_answers_that_contradict_say_nothing_of_the_promise_until_an_expert_settles_them(cast, queue):
    version = zoned(queue.version)
    mark(queue.rows, asks=False)
    request, row = queue.requests[0], queue.rows[0]
    said = row.prediction.label
    other = next(one["key"] for one in version.model.classes if one["key"] != said)
    Label.objects.create(
        request=request, person=queue.operator, answer=other, model_said=said, at=timezone.now()
    )

    def seen():
        (one,) = alone_on([(queue.shop.asset, version)], now=timezone.now())
        return one.known, one.wrong

    assert seen() == (1, 1)
    expert = cast.one.domain_expert
    Label.objects.create(
        request=request, person=expert, answer=said, model_said=said, expert=True, at=timezone.now()
    )
    assert seen() == (0, 0)
    LabelRequest.objects.filter(pk=request.pk).update(state=RequestState.SETTLED)
    assert seen() == (1, 0)


def test_the_models_page_says_what_was_promised_and_lets_who_may_change_it(cast, queue, client):
    zoned(queue.version)
    client.force_login(cast.whole.quality_engineer)
    address = f"/models/{queue.version.model.slug}/"
    assert "Nobody promised anything" in client.get(address).content.decode()
    assert (
        client.post(f"{address}alone/", {"wrong": "0", "certainty": "95", "reason": "x"}).status_code == 422
    )
    done = client.post(f"{address}alone/", {"wrong": "2.5", "certainty": "95", "reason": "Customer"})
    assert done.status_code == 302
    page = client.get(address).content.decode()
    assert "2.5" in page
    zone = AskZone.objects.get()
    assert (zone.wrong_share, zone.certainty) == (0.025, 0.95)
    client.post(f"{address}alone/", {"wrong": "2.5", "certainty": "95", "reason": "No people", "end": "1"})
    assert not AskZone.objects.exists()


def test_readings_of_marked_parts_are_sent_for_certain():
    from edge_sync.agent.machine.sampler import Shares, sample

    shares = Shares(0.1, 0.2, 0.5, 0.1)
    for number in range(50):
        one = sample(f"n:{number}", secret=b"s", shares=shares, margin=0.5, outside=False, asks=True)
        assert one is not None
        assert one.inclusion_probability == 1.0
        assert one.reason in ("random", "asked")
    assert np.isclose(
        np.mean(
            [
                sample(f"n:{n}", secret=b"s", shares=shares, margin=0.5, outside=False, asks=True).reason
                == "random"
                for n in range(3000)
            ]
        ),
        0.1,
        atol=0.03,
    )
    assert SampledRow._meta.get_field("reason").max_length >= len("asked")
