"""One simulated press with 600 inspected past parts; version 1 was trained on them and runs on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from mlops_portal.foundation.registry.models import ModelVersion
    from tests.cast import Cast
    from tests.labeling.plant import Shop


@pytest.fixture
def shop(cast: Cast) -> Shop:
    from tests.labeling.plant import make_shop

    return make_shop(cast)


@pytest.fixture
def train(cast: Cast, shop: Shop) -> Callable[..., ModelVersion]:
    """A version trained by a run that the ML engineer of the site started."""
    from django.test import TestCase

    from labeling.services.runs import run_propose, run_start
    from labeling.tasks.training import steps_do
    from labeling.transitions import Trigger
    from tests.labeling.plant import QUICK

    def go(**parameters: float) -> ModelVersion:
        by = cast.whole.ml_engineer
        run = run_propose(
            by=by, model=shop.model, trigger=Trigger.MANUAL, reason="try", parameters=QUICK | parameters
        )
        run_start(by=by, run=run, here=True)
        with TestCase.captureOnCommitCallbacks(execute=True):  # the golden check and the reasons follow
            steps_do(run.pk)
        run.refresh_from_db()
        assert run.candidate is not None, run.error
        return run.candidate

    return go


@pytest.fixture
def running(shop: Shop, train: Callable[..., ModelVersion]) -> ModelVersion:
    """Version 1, confirmed by the node of the press."""
    from mlops_portal.foundation.registry.services import champion_set

    version = train()
    champion_set(asset=shop.asset, version=version, number=1)
    return version


@pytest.fixture
def posted() -> Callable[..., Any]:
    """A POST through the API, and what the workers do after it."""
    from django.test import TestCase

    def go(client: Client, address: str, data: dict[str, Any], status: int) -> Any:
        with TestCase.captureOnCommitCallbacks(execute=True):
            answer = client.post(address, data, content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json() if answer.content else None

    return go
