"""Proposing, starting, cancelling: who may, what is claimed, what repeats."""

from __future__ import annotations

import pytest

from labeling.errors import RunOpen, WrongRunState, WrongStepState
from labeling.models import RetrainRun, RunStep
from labeling.services.runs import run_cancel, run_propose, run_start, step_retry
from labeling.transitions import RunState, RunStepName, Trigger
from mlops_portal.foundation.registry.errors import NoDataset
from mlops_portal.foundation.registry.models import Level, Step
from mlops_portal.foundation.registry.services import automation_set
from mlops_portal.foundation.wire.errors import Invalid, NotAllowed
from tests.cast import Cast
from tests.labeling.plant import Shop, make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(cast: Cast) -> Shop:
    return make_shop(cast)


def propose(cast: Cast, shop: Shop, **more) -> RetrainRun:
    return run_propose(
        by=cast.whole.ml_engineer, model=shop.model, trigger=Trigger.MANUAL, reason="wear", **more
    )


def level(cast: Cast, shop: Shop, level: Level) -> None:
    automation_set(
        by=cast.whole.ml_engineer, model=shop.model, step=Step.RETRAIN, level=level, reason="we trust it"
    )


def test_only_one_run_of_a_model_is_open(cast: Cast, shop: Shop) -> None:
    propose(cast, shop)
    with pytest.raises(RunOpen):
        propose(cast, shop)


def test_a_cancelled_run_makes_room_for_another(cast: Cast, shop: Shop) -> None:
    run = run_cancel(by=cast.whole.ml_engineer, run=propose(cast, shop))
    assert run.state == RunState.CANCELLED
    propose(cast, shop)


def test_a_stranger_and_an_operator_may_not(cast: Cast, shop: Shop) -> None:
    for person in (cast.stranger, cast.whole.operator, cast.whole.quality_engineer, cast.one.ml_engineer):
        with pytest.raises(NotAllowed):
            run_propose(by=person, model=shop.model, trigger=Trigger.MANUAL)


def test_starting_twice_starts_once(cast: Cast, shop: Shop) -> None:
    run = propose(cast, shop)
    stale = RetrainRun.objects.get(pk=run.pk)
    run_start(by=cast.whole.ml_engineer, run=run, here=True)
    with pytest.raises(WrongRunState):
        run_start(by=cast.whole.domain_expert, run=stale, here=True)
    assert RunStep.objects.filter(run=run).count() == len(RunStepName)


def test_what_is_over_cannot_be_cancelled(cast: Cast, shop: Shop) -> None:
    run = run_cancel(by=cast.whole.ml_engineer, run=propose(cast, shop))
    with pytest.raises(WrongRunState):
        run_cancel(by=cast.whole.ml_engineer, run=run)


def test_a_step_that_did_not_fail_is_not_tried_again(cast: Cast, shop: Shop) -> None:
    run = run_start(by=cast.whole.ml_engineer, run=propose(cast, shop), here=True)
    with pytest.raises(WrongStepState):
        step_retry(by=cast.whole.ml_engineer, run=run, name=RunStepName.TRAIN)


@pytest.mark.parametrize(
    "parameters", [{"depth": 3}, {"max_iter": 0}, {"max_iter": 2.5}, {"seed": True}, {"balance": "x"}]
)
def test_odd_parameters_are_refused_with_a_sentence(cast: Cast, shop: Shop, parameters) -> None:
    with pytest.raises(Invalid):
        propose(cast, shop, parameters=parameters)


def test_a_model_without_past_parts_cannot_be_trained(cast: Cast, shop: Shop) -> None:
    shop.dataset.delete()
    with pytest.raises(NoDataset):
        propose(cast, shop)


def test_the_portal_proposes_where_a_person_starts(cast: Cast, shop: Shop) -> None:
    run = run_propose(by=None, model=shop.model, trigger=Trigger.DRIFT)
    assert run.state == RunState.PROPOSED


def test_the_portal_does_not_propose_where_only_a_person_may(cast: Cast, shop: Shop) -> None:
    level(cast, shop, Level.MANUAL)
    with pytest.raises(WrongRunState):
        run_propose(by=None, model=shop.model, trigger=Trigger.DRIFT)


def test_the_portal_starts_where_retraining_runs_by_itself(cast: Cast, shop: Shop) -> None:
    level(cast, shop, Level.AUTO)
    run = run_propose(by=None, model=shop.model, trigger=Trigger.DRIFT)
    assert RetrainRun.objects.get(pk=run.pk).state == RunState.STARTED
