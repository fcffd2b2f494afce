"""Which policy holds: for a model, and for a line."""

from __future__ import annotations

from dataclasses import dataclass

from approvals.models import LinePolicy, Policy
from approvals.rules import Rules, parse
from approvals.transitions import Assurance
from mlops_portal.foundation.plant.models import Line, Person
from mlops_portal.foundation.plant.policies import Verdict
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.registry.models import RegisteredModel
from mlops_portal.foundation.registry.policies import sites_verdict
from mlops_portal.foundation.registry.selectors import sites_of

QUORUM = {Role.QUALITY_ENGINEER.value: 1}


@dataclass(frozen=True, slots=True)
class LineRules:
    """How surely and by how many a line's approvals are signed."""

    minimum_assurance: Assurance
    quorum: dict[str, int]

    @property
    def is_portal_trusted(self) -> bool:
        """Password and code suffice: whoever holds the portal's keys can make such a signature."""
        return self.minimum_assurance == Assurance.CODE


def set_verdict(by: Person, model: RegisteredModel) -> Verdict:
    """A model's policy is set by somebody with the right on every site where machines of its type stand."""
    return sites_verdict(by, "policy.set", sites_of(model.asset_type))


def policy_of(model: RegisteredModel) -> Policy | None:
    """The highest version; None where none was ever set."""
    return Policy.objects.filter(model=model).order_by("-version").first()


def rules_of(policy: Policy | None) -> Rules:
    return parse(policy.body) if policy else Rules()


def line_rules(line: Line) -> LineRules:
    """What the next ceremony writes into the roster; one quality engineer with a passkey by default."""
    row = LinePolicy.objects.filter(line=line).first()
    if row is None:
        return LineRules(Assurance.PASSKEY, dict(QUORUM))
    return LineRules(Assurance(row.minimum_assurance), row.quorum or dict(QUORUM))
