"""A site with people, and tables that are brought to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from mlops_portal.above.onboarding.models import Onboarding
    from mlops_portal.foundation.plant.models import Person
    from tests.cast import Cast


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """First versions are small, and not told to MLflow: both have tests of their own."""
    from labeling.models.parameters import PARAMETERS
    from labeling.tasks import training_steps
    from labeling.transitions import RunStepName

    monkeypatch.setitem(PARAMETERS, "max_iter", replace(PARAMETERS["max_iter"], default=20))
    monkeypatch.setitem(training_steps.STEPS, RunStepName.TRACK, lambda run: {"run_id": "none"})


@pytest.fixture
def engineer(cast: Cast) -> Person:
    return cast.whole.ml_engineer


@pytest.fixture
def file_of(tmp_path: Path) -> Callable[..., Path]:
    """``file_of(data)``: a file with these bytes."""

    def write(data: bytes, name: str = "parts.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


@pytest.fixture
def work() -> Callable[[], Any]:
    """``with work(): …`` does what workers would do after it."""
    from django.test import TestCase

    return lambda: TestCase.captureOnCommitCallbacks(execute=True)


@pytest.fixture
def bring(cast: Cast, engineer: Person, work: Callable[[], Any]) -> Callable[..., Onboarding]:
    """``bring(data)``: a table in the name of the ML engineer, read by a worker."""
    from django.core.files.base import ContentFile

    from mlops_portal.above.onboarding.selectors import onboardings_all
    from mlops_portal.above.onboarding.services.receiving import onboarding_create

    def go(data: bytes, name: str = "Ovens", by: Person | None = None, **asked: str) -> Onboarding:
        with work():
            made = onboarding_create(
                by=by or engineer,
                site=cast.site,
                name=name,
                file=ContentFile(data, name="parts.csv"),
                file_name="parts.csv",
                type_name="Oven",
                asked={"target": "result", **asked},
            )
        return onboardings_all().get(pk=made.pk)

    return go


@pytest.fixture
def taken(bring: Callable[..., Onboarding], engineer: Person, work: Callable[[], Any]) -> Onboarding:
    """A table that became a model with a first version; golden samples are proposed."""
    from mlops_portal.above.onboarding.selectors import onboardings_all
    from mlops_portal.above.onboarding.services.checking import check_ask
    from mlops_portal.above.onboarding.services.taking import onboarding_agree
    from tests.onboarding.tables import table

    one = bring(table())
    with work():
        check_ask(by=engineer, onboarding=one)
    one.refresh_from_db()
    with work():
        onboarding_agree(by=engineer, onboarding=one)
    return onboardings_all().get(pk=one.pk)


@pytest.fixture
def stored() -> Callable[[], list[str]]:
    """The files of onboardings that lie in the storage."""
    from django.core.files.storage import default_storage

    def names() -> list[str]:
        if not default_storage.exists("onboarding"):
            return []
        return sorted(default_storage.listdir("onboarding")[1])

    before = set(names())
    return lambda: [name for name in names() if name not in before]


@pytest.fixture
def browser(client_for: Callable[..., Client], engineer: Person) -> Client:
    return client_for(engineer)
