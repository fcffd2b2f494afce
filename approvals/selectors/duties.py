"""Who may decide about a request, computed from what people did to its version."""

from __future__ import annotations

from dataclasses import dataclass

from approvals.duties import Hands, exclusion
from approvals.models import ApprovalRequest, Decision, Policy
from approvals.selectors.facts import manifest_of
from approvals.selectors.policies import rules_of
from approvals.selectors.requests import approvers
from approvals.selectors.worth import Worth, ground_of, worth_of
from labeling.models import RetrainRun
from mlops_portal.foundation.ledger.models import Event, EventSubject
from mlops_portal.foundation.plant.matrix import ACTIONS, Scope
from mlops_portal.foundation.plant.models import Line, Person
from mlops_portal.foundation.plant.policies import reaches, verdict
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.plant.selectors.people import people_who_may, people_with
from mlops_portal.foundation.registry.models import ModelVersion

DECIDE = "approval.decide"


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who has to do with a decision: whether they may sign, why not, what their signature would be
    worth, and what they signed."""

    person: Person
    allowed: bool
    reason: str
    roles: tuple[Role, ...]
    signed: Decision | None
    worth: Worth

    @property
    def can(self) -> bool:
        """Whether they can approve now, so that nodes take it."""
        return self.allowed and self.signed is None and self.worth.can


def roles_for(person: Person, line: Line) -> tuple[Role, ...]:
    """The roles with which the person may decide on the line, in the order of the matrix."""
    held = {
        one.role
        for one in person.held
        if one.role in ACTIONS[DECIDE].roles
        and reaches(one, Scope.LINE, site_id=line.site_id, line_id=line.pk)
    }
    return tuple(role for role in Role if role in held)


def hands_of(version: ModelVersion, *, asked_by: str, line: Line, policy: Policy | None) -> Hands:
    """Who had a hand in the version."""
    runs = RetrainRun.objects.filter(candidate=version).values_list("started_by", flat=True)
    trained = {str(one) for one in (version.trained_by_id, *runs) if one is not None}
    policies = Policy.objects.filter(model=version.model, set_at__gt=version.created_at)
    return Hands(
        asked=asked_by,
        trained=frozenset(trained),
        labels=_labels(version),
        label_share=rules_of(policy).label_share,
        golden=_golden_editors(version),
        policy=frozenset(str(one) for one in policies.values_list("set_by", flat=True) if one is not None),
        administrators=frozenset(str(one.pk) for one in people_with(role=Role.ADMINISTRATOR, line=line)),
    )


def _labels(version: ModelVersion) -> dict[str, int]:
    kept = manifest_of(version)
    return dict(kept.per_person) if kept else {}


def _golden_editors(version: ModelVersion) -> frozenset[str]:
    """The people of every event about a golden sample of the model since the version stood."""
    about = EventSubject.objects.filter(kind="golden_sample", key__startswith=f"{version.model.slug}/")
    edits = Event.objects.filter(id__in=about.values("event"), at__gt=version.created_at, actor_kind="person")
    return frozenset(edits.values_list("actor_id", flat=True))


def hands_on(request: ApprovalRequest) -> Hands:
    return hands_of(
        request.version, asked_by=str(request.asked_by_id), line=request.line, policy=request.policy
    )


def refusal(person: Person, request: ApprovalRequest) -> str:
    """Why segregation of duties keeps the person from deciding; "" where it does not."""
    return exclusion(str(person.pk), hands_on(request))


def who_may_sign(request: ApprovalRequest) -> list[Signer]:
    """Everybody with the right to decide on the line, and everybody whom a hand in the version excludes."""
    hands = hands_on(request)
    signed = {one.person_id: one for one in request.decisions.select_related("person")}
    people = {one.pk: one for one in people_who_may(action=DECIDE, line=request.line)}
    involved = {hands.asked, *hands.trained, *(str(pk) for pk in signed)} - {str(pk) for pk in people}
    people |= {one.pk: one for one in Person.objects.filter(pk__in=involved)}
    ground = ground_of(request, approved_by(request))
    signers = []
    for person in sorted(people.values(), key=lambda one: one.name):
        reason = exclusion(str(person.pk), hands) or verdict(person, DECIDE, line=request.line).reason
        roles = roles_for(person, request.line)
        worth = worth_of(person, ground, roles=roles)
        signers.append(Signer(person, not reason, reason, roles, signed.get(person.pk), worth))
    return sorted(
        signers,
        key=lambda one: (one.signed is None, not one.can, not one.allowed, one.worth.counts_as is None),
    )


def approved_by(request: ApprovalRequest) -> dict[str, frozenset[str]]:
    """The roles with which those who approved decide on the line, by person id."""
    return {
        str(one.pk): frozenset(role.value for role in roles_for(one, request.line))
        for one in approvers(request)
    }


def worth_for(person: Person, request: ApprovalRequest) -> Worth:
    """What the person's signature would be worth now."""
    ground = ground_of(request, approved_by(request))
    return worth_of(person, ground, roles=roles_for(person, request.line))
