"""The demo's set-up that was stopped goes on with whatever it finds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from approvals.models import ApprovalRequest, Decision
from approvals.services.requests import requests_check
from mlops_portal.above.demo.management import bootstrap
from mlops_portal.above.demo.management.softkey import SoftKey
from tests.approvals.world import Bench, golden_check, make_bench

pytestmark = pytest.mark.django_db


class Stopped(Exception):
    """The set-up was ended."""


@pytest.fixture
def bench(cast) -> Bench:
    bench = make_bench(cast)
    for person, name in ((cast.two.ml_engineer, "sam"), (cast.two.quality_engineer, "petra")):
        person.username = name
        person.save()
    return bench


@pytest.fixture
def key(bench: Bench, tmp_path: Path) -> SoftKey:
    made = SoftKey(tmp_path / "petra.pem", rp_id="localhost", origin="http://localhost:8000")
    made.add_to(bench.cast.two.quality_engineer, name="Demo key in software")
    return made


def approve(bench: Bench, key: SoftKey) -> None:
    bootstrap._approve(bench.candidate, bench.cast.line_2, key)


def approved() -> bool:
    return ApprovalRequest.objects.filter(state="approved").count() == 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", ["request_open", "request_submit", "statement_for", "decide"])
def test_it_goes_on_from_each_step_at_which_it_was_stopped(
    bench: Bench, key: SoftKey, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    real = getattr(bootstrap, step)

    def stops(**given: Any) -> None:
        if when == "after":
            real(**given)
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, step, stops)
        with pytest.raises(Stopped):
            approve(bench, key)
    for _start in range(2):
        approve(bench, key)
        assert approved()
    assert Decision.objects.count() == 1


def test_a_draft_from_before_the_golden_check_is_asked_for_with_what_is_known_now(
    bench: Bench, key: SoftKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.candidate.golden_checks.all().delete()
    bench.opened()
    golden_check(bench.candidate)
    approve(bench, key)
    assert approved()


def test_a_request_that_became_void_meanwhile_is_asked_for_again(bench: Bench, key: SoftKey) -> None:
    bench.submitted()
    bench.model.golden.filter(code="G-03").update(tolerance=0.4)
    requests_check()
    golden_check(bench.candidate)
    approve(bench, key)
    assert approved()


def test_a_key_whose_file_was_lost_is_added_anew_beside_the_old_one(
    bench: Bench, key: SoftKey, tmp_path: Path
) -> None:
    signer = bench.cast.two.quality_engineer
    other = SoftKey(tmp_path / "again" / "petra.pem", rp_id="localhost", origin="http://localhost:8000")
    assert key.is_of(signer)
    assert not other.is_of(signer)
    other.add_to(signer, name="Demo key in software")
    assert other.is_of(signer)
    assert SoftKey(tmp_path / "petra.pem", rp_id="localhost", origin="x").id == key.id
