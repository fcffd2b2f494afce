"""Two who come at the same moment: one of them does it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from labeling.errors import RunOpen, WrongRunState
from labeling.models import RetrainRun
from labeling.services.runs import run_propose, run_start
from labeling.services.steps import step_claim
from labeling.transitions import RunStepName, Trigger
from mlops_portal.foundation.registry.services import artifact_put
from tests.cast import Cast, make_cast
from tests.labeling.plant import Shop, make_shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
CROWD = 4


def together(call: Callable[[], Any]) -> list[Any]:
    """What ``CROWD`` callers get who start at once; an error is an answer too."""
    start = Barrier(CROWD)

    def one(_number: int) -> Any:
        try:
            start.wait(10)
            return call()
        except (RunOpen, WrongRunState) as error:
            return type(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(CROWD) as pool:
        return list(pool.map(one, range(CROWD)))


@pytest.fixture
def world() -> tuple[Cast, Shop]:
    cast = make_cast()
    return cast, make_shop(cast)


def test_one_of_many_proposals_opens_a_run_one_start_starts_it_one_worker_claims_a_step(
    world: tuple[Cast, Shop],
) -> None:
    cast, shop = world
    by = cast.whole.ml_engineer
    proposed = together(lambda: run_propose(by=by, model=shop.model, trigger=Trigger.MANUAL))
    assert proposed.count(RunOpen) == CROWD - 1
    run = RetrainRun.objects.get()
    started = together(lambda: run_start(by=by, run=RetrainRun.objects.get(pk=run.pk), here=True))
    assert started.count(WrongRunState) == CROWD - 1
    assert run.steps.count() == len(RunStepName)
    claimed = together(lambda: step_claim(run=run, name=RunStepName.TRAIN))
    assert sorted(claimed) == [False] * (CROWD - 1) + [True]


def test_the_same_file_put_by_many_is_kept_once(world: tuple[Cast, Shop]) -> None:
    kept = together(lambda: artifact_put(data=b"the same", kind="onnx", name="same").pk)
    assert len(set(kept)) == 1
