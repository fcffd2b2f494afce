"""One action asks for what ran before; people sign it, and the machines take it under a new number."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from approvals.models import ApprovalRequest
from approvals.transitions import ApprovalState
from edge_sync.models import Release, ReleaseTarget
from edge_sync.selectors.going_back import before_of
from edge_sync.services.control import release_halt
from edge_sync.services.going_back import release_go_back
from edge_sync.services.releases import releases_claim, releases_publish
from edge_sync.services.reports import reports_receive
from edge_sync.transitions import ReleaseState
from mlops_portal.foundation.ledger.selectors import events
from mlops_portal.foundation.ledger.services import log_sequence
from mlops_portal.foundation.ledger.types import sentence
from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import Champion
from mlops_portal.foundation.registry.selectors import champion_for
from mlops_portal.foundation.wire.errors import Conflict, Invalid, NotAllowed
from tests.approvals.export_case import Machine, machines
from tests.approvals.world import Bench, golden_check, make_bench
from tests.edge_sync.plant import ceremony

WHY = "the new one misses cracks since lot 7"


class Plant:
    """``bench`` with a node beside each press of line 2; two versions were released there, one by one."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.at = bench, machines(bench)
        self.signer = bench.cast.two.quality_engineer
        bench.key_of(self.signer)
        ceremony()
        Champion.objects.all().delete()  # here every model comes by a release
        for version in (bench.champion, bench.candidate):
            golden_check(version)
        self.first = self.released(self.sign(bench.submitted(version=bench.champion, comment=WHY)))
        self.second = self.released(self.sign(bench.submitted()))

    def sign(self, request: ApprovalRequest) -> ApprovalRequest:
        self.bench.sign(request, self.signer)
        request.refresh_from_db()
        return request

    def released(self, request: ApprovalRequest, *states: str) -> Release:
        """On all its machines, as far as their nodes confirm."""
        log_sequence()
        releases_claim()
        for _wave in range(2):
            releases_publish()
            for one in ReleaseTarget.objects.filter(release__approval=request, reported_at=None):
                if one.published_at is not None:
                    self.say(one, *(states or ("active", "confirmed")))
        return Release.objects.get(approval=request)

    def say(self, target: ReleaseTarget, *states: str) -> None:
        at: Machine = self.at[target.asset.slug]
        artifact = target.release.approval.version.artifact_id
        for state in states:
            report = at.report(target.asset.slug, target.number, state, artifact)
            reports_receive(node=target.asset.node, reports=[report])

    @property
    def asset(self) -> Asset:
        return next(iter(self.second.targets.all())).asset


@pytest.fixture
def plant(cast: Any, settings: Any, tmp_path: Any) -> Plant:
    return Plant(make_bench(cast))


def test_one_action_asks_one_signature_returns_the_line_under_new_numbers(plant: Plant) -> None:
    asked = release_go_back(by=plant.bench.cast.two.ml_engineer, release=plant.second, reason=WHY)
    assert (asked.state, asked.version) == (ApprovalState.SUBMITTED, plant.bench.champion)
    assert asked.asked_by == plant.bench.cast.two.ml_engineer
    assert all(asked.numbers[one.asset.slug] > one.number for one in plant.second.targets.all())
    release = plant.released(plant.sign(asked))
    assert release.state == ReleaseState.COMPLETE
    champion = champion_for(plant.asset)
    assert champion is not None
    assert champion == plant.bench.champion
    told = events(types=["edge.release.back_asked"]).get()
    assert WHY in sentence(told)
    signed = events(types=["approvals.decision.signed"], subject=("approval_request", str(asked.pk)))
    assert signed.count() == 1


def test_nothing_goes_back_before_it_is_signed(plant: Plant) -> None:
    release_go_back(by=plant.bench.cast.two.ml_engineer, release=plant.second, reason=WHY)
    log_sequence()
    assert (releases_claim(), releases_publish()) == (0, 0)


def test_who_asked_does_not_sign(plant: Plant) -> None:
    asked = release_go_back(by=plant.signer, release=plant.second, reason=WHY)
    with pytest.raises(NotAllowed):
        plant.bench.sign(asked, plant.signer)


def test_it_is_not_asked_twice_and_not_without_a_reason(plant: Plant) -> None:
    by = plant.bench.cast.two.ml_engineer
    with pytest.raises(Invalid, match="few words"):
        release_go_back(by=by, release=plant.second, reason="bad")
    release_go_back(by=by, release=plant.second, reason=WHY)
    with pytest.raises(Conflict):
        release_go_back(by=by, release=plant.second, reason=WHY)


def test_a_version_that_fails_a_hard_gate_today_is_not_gone_back_to(plant: Plant) -> None:
    golden_check(plant.bench.champion, missed=(plant.bench.model.golden.first().code,))  # type: ignore[union-attr]
    with pytest.raises(Conflict, match="cannot be approved"):
        release_go_back(by=plant.bench.cast.two.ml_engineer, release=plant.second, reason=WHY)
    assert not ApprovalRequest.objects.filter(state__in=["draft", "submitted"]).exists()
    assert not events(types=["edge.release.back_asked"]).exists()


def test_what_was_superseded_and_the_first_of_all_have_nothing_before_them(plant: Plant) -> None:
    assert "got a newer release since" in before_of(plant.first).why_not
    by = plant.bench.cast.two.ml_engineer
    with pytest.raises(Conflict, match="newer release"):
        release_go_back(by=by, release=plant.first, reason=WHY)
    ReleaseTarget.objects.filter(release=plant.first).update(state="refused")
    assert "confirmed no other model before" in before_of(plant.second).why_not


def test_operators_and_other_lines_may_not(plant: Plant) -> None:
    for by in (plant.bench.cast.two.operator, plant.bench.cast.one.ml_engineer, plant.bench.cast.two.auditor):
        with pytest.raises(NotAllowed):
            release_go_back(by=by, release=plant.second, reason=WHY)


def test_the_page_offers_it_and_leads_to_the_approval(plant: Plant) -> None:
    person = Client()
    person.force_login(plant.bench.cast.two.ml_engineer)
    address = f"/releases/{plant.second.pk}/"
    assert f"Ask to go back to {plant.bench.champion}" in person.get(address).content.decode()
    answer = person.post(f"{address}back/", {"reason": WHY})
    asked = ApprovalRequest.objects.get(state=ApprovalState.SUBMITTED)
    assert answer.headers["Location"] == f"/approvals/{asked.pk}/"
    again = person.post(f"/api/v1/releases/{plant.second.pk}/back/", {"reason": WHY}, "application/json")
    assert again.status_code == 409, again.content


def test_a_halted_release_can_be_gone_back_from(plant: Plant) -> None:
    by = plant.bench.cast.two.ml_engineer
    Release.objects.filter(pk=plant.second.pk).update(state=ReleaseState.WAVES)
    plant.second.refresh_from_db()
    release_halt(by=by, release=plant.second, reason="look")
    assert release_go_back(by=by, release=plant.second, reason=WHY).state == ApprovalState.SUBMITTED
