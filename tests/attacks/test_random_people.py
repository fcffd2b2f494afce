"""Random verbs by random people, with clocks that jump and workers that start again: nothing is released
without a quorum of different people who may sign it. Hypothesis looks for the order in which it fails;
``RANDOM_WALKS`` says how often it tries."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from approvals.models import ApprovalRequest, Decision, LinePolicy
from approvals.services.decisions import decide
from approvals.services.policies import policy_set
from approvals.services.requests import (
    request_open,
    request_submit,
    request_withdraw,
    requests_check,
)
from approvals.verify.proofs import Fault, check_own_signature
from edge_sync.models import Release, ReleaseTarget
from edge_sync.services.going_back import release_go_back
from edge_sync.services.releases import releases_claim, releases_publish
from mlops_portal.foundation.ledger.services import log_sequence
from mlops_portal.foundation.plant.models import Person, RoleAssignment
from mlops_portal.foundation.registry.services import champion_set
from mlops_portal.foundation.wire.assertion import AssertionRefused, b64url
from mlops_portal.foundation.wire.errors import PortalError
from tests.approvals.export_case import machines
from tests.approvals.world import Bench, make_bench
from tests.edge_sync.plant import ceremony
from tests.wire.samples import spki

QUORUM = {"quality_engineer": 1, "domain_expert": 1}
STEPS = 15
real_now = timezone.now


class Ground:
    """What all runs start from; every run is taken back. Line 2 asks for two roles, with passkeys."""

    def __init__(self, bench: Bench) -> None:
        self.bench, cast = bench, bench.cast
        LinePolicy.objects.create(line=cast.line_2, minimum_assurance="passkey", quorum=QUORUM)
        self.trainer = cast.whole.ml_engineer  # is quality engineer on the line as well
        self.both = cast.two.quality_engineer  # is domain expert as well: one person, two roles
        for person, role in ((self.trainer, "quality_engineer"), (self.both, "domain_expert")):
            RoleAssignment.objects.create(
                person=person, role=role, site=cast.site, line=cast.line_2, granted_at=real_now()
            )
        self.people = [
            self.trainer, self.both, cast.two.domain_expert, cast.two.ml_engineer, cast.two.operator,
            cast.two.auditor, cast.two.administrator, cast.whole.quality_engineer, cast.one.quality_engineer,
            cast.whole.domain_expert, cast.stranger,
        ]  # fmt: skip
        for one in self.people:
            bench.key_of(one)
        self.at = machines(bench)
        ceremony()


def walk(  # noqa: C901  # the verbs of one machine, side by side
    ground: Ground, tried: dict[str, int]
) -> type[RuleBasedStateMachine]:
    who = st.sampled_from(range(len(ground.people)))
    bench = ground.bench

    class Plant(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.block = transaction.atomic()
            self.block.__enter__()
            self.ahead = timedelta()
            self.signed: list[tuple[bytes, dict[str, str]]] = []
            timezone.now = lambda: real_now() + self.ahead

        def teardown(self) -> None:
            timezone.now = real_now
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

        def person(self, index: int) -> Person:
            return Person.objects.get(pk=ground.people[index].pk)  # as a new request reads them

        def attempt(self, what: Callable[[], object]) -> None:
            with suppress(PortalError, AssertionRefused), transaction.atomic():
                what()
                tried["done"] = tried.get("done", 0) + 1

        def latest(self) -> ApprovalRequest | None:
            return ApprovalRequest.objects.order_by("created_at").last()

        @initialize()
        def somebody_asked(self) -> None:
            self.ask(by=3)

        @rule(by=who)
        def ask(self, by: int) -> None:
            def do() -> None:
                person, assets = self.person(by), [bench.presses[1], bench.presses[2]]
                made = request_open(by=person, version=bench.candidate, line=bench.cast.line_2, assets=assets)
                request_submit(by=person, request=made, comment="because it is better")

            self.attempt(do)

        @rule(by=who, verdict=st.sampled_from(["approve", "approve", "approve", "return"]))
        def sign(self, by: int, verdict: str) -> None:
            request = self.latest()
            if request is None:
                return

            def do() -> None:
                self.signed.append(bench.signed(request, self.person(by), verdict, "as it is"))
                statement, envelope = self.signed[-1]
                decide(by=self.person(by), request=request, statement=statement, envelope=envelope)

            self.attempt(do)

        @rule(by=who, other=who)
        def sign_with_the_key_of_another(self, by: int, other: int) -> None:
            request = self.latest()
            if request is None:
                return

            def do() -> None:
                statement, envelope = bench.signed(request, self.person(other), "approve")
                decide(by=self.person(by), request=request, statement=statement, envelope=envelope)

            if by != other:
                self.attempt(do)

        @rule(by=who, which=st.integers(0, 30))
        def replay(self, by: int, which: int) -> None:
            request = self.latest()
            if request is None or not self.signed:
                return
            statement, envelope = self.signed[which % len(self.signed)]
            self.attempt(
                lambda: decide(by=self.person(by), request=request, statement=statement, envelope=envelope)
            )

        @rule(by=who)
        def withdraw(self, by: int) -> None:
            request = self.latest()
            if request is not None:
                self.attempt(lambda: request_withdraw(by=self.person(by), request=request))

        @rule(by=who, days=st.integers(1, 9))
        def set_policy(self, by: int, days: int) -> None:
            body = {"valid_days": days}
            self.attempt(lambda: policy_set(by=self.person(by), model=bench.model, body=body))

        @rule(tolerance=st.sampled_from([0.7, 0.8]))
        def change_golden(self, tolerance: float) -> None:
            bench.model.golden.filter(code="G-03").update(tolerance=tolerance)

        @rule(number=st.integers(50, 60))
        def change_champion(self, number: int) -> None:
            champion_set(asset=bench.presses[1], version=bench.champion, number=number)

        @rule(hours=st.sampled_from([0.1, 30, 24 * 8, -1, -24]))
        def move_the_clock(self, hours: float) -> None:
            self.ahead += timedelta(hours=hours)

        @rule(by=who)
        def go_back(self, by: int) -> None:
            release = Release.objects.last()
            if release is not None:
                why = "it does worse than before"
                self.attempt(lambda: release_go_back(by=self.person(by), release=release, reason=why))

        @rule()
        def state_by_hand(self) -> None:
            """Somebody with the database says that it was approved."""
            request = self.latest()
            if request is not None and not request.decisions.exists():
                ApprovalRequest.objects.filter(pk=request.pk, state="submitted").update(state="approved")

        @rule()
        def workers_start_again(self) -> None:
            self.attempt(requests_check)
            log_sequence()
            self.attempt(releases_claim)
            self.attempt(releases_publish)

        @invariant()
        def what_is_released_was_signed_by_a_quorum(self) -> None:
            for target in ReleaseTarget.objects.exclude(published_at=None).select_related(
                "release__approval"
            ):
                tried["released"] = tried.get("released", 0) + 1
                filled(target.release.approval, ground, target.asset.slug, target.number, target.published_at)

    return Plant


def filled(
    request: ApprovalRequest, ground: Ground, asset: str, number: int, published: datetime | None
) -> None:
    """By its own eyes: different people, one for each place, none with a hand in it, each by an own key."""
    held: dict[Any, set[str]] = {}
    for one in Decision.objects.filter(request=request, verdict="approve"):
        said = json.loads(one.statement)
        body = said["predicate"]
        assert said["subject"][0]["digest"]["sha256"] == request.version.artifact_id
        assert body["targets"][asset] == number
        assert body["request"] == str(request.pk)
        assert body["evidence"] == request.evidence_id
        assert published is not None
        assert published <= datetime.fromisoformat(body["notAfter"])
        public = b64url(spki(ground.bench.key_of(one.person).private))
        assert check_own_signature(one.statement.encode(), one.envelope, public) == "passkey"
        assert body["person"]["id"] == str(one.person_id)
        assert one.person_id not in {request.asked_by_id, request.version.trained_by_id}
        roles = RoleAssignment.objects.filter(person=one.person, ended_at=None)
        assert not roles.filter(role="administrator").exists()
        on_line = [row for row in roles if row.line_id in (None, request.line_id)]
        held[one.person_id] = {row.role for row in on_line}
    places = sorted(QUORUM)
    ways = permutations(held, len(places))
    assert any(all(role in held[one] for role, one in zip(places, way, strict=True)) for way in ways), held


@pytest.mark.django_db
def test_random_people_never_release_without_a_quorum(cast: Any) -> None:
    tried: dict[str, int] = {}
    machine = walk(Ground(make_bench(cast)), tried)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=int(os.environ.get("RANDOM_WALKS", "3")), stateful_step_count=STEPS,
            deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    assert tried.get("done", 0) > 5, tried


@pytest.mark.django_db
def test_the_machine_releases_where_two_people_sign_and_would_see_one_alone(cast: Any) -> None:
    """The walk is not blind: the way through exists, and what it must find is found."""
    tried: dict[str, int] = {}
    ground = Ground(make_bench(cast))
    plant: Any = walk(ground, tried)()
    try:
        plant.ask(by=3)
        for person in (1, 0, 9):  # both roles in one, the trainer, the other expert
            plant.sign(by=person, verdict="approve")
        plant.workers_start_again()
        plant.what_is_released_was_signed_by_a_quorum()
        assert tried["released"] >= 1
        release = Release.objects.get()
        Decision.objects.filter(request=release.approval).order_by("at").last().delete()  # type: ignore[union-attr]
        with pytest.raises((AssertionError, Fault)):
            plant.what_is_released_was_signed_by_a_quorum()
    finally:
        plant.teardown()
