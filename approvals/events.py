"""How the events of approvals read in the log."""

from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.ledger.types import register


def register_types() -> None:
    register("approvals.policy.set", _("{actor} set version {version} of the policy of {name}"))
    register(
        "approvals.line_policy.set",
        _("{actor} set how {line} approves: {assurance}, {quorum}; nodes follow after the next ceremony"),
    )
    register(
        "approvals.candidate.chosen",
        _("{actor} chose {name} version {number} among {among} candidates: {reason}"),
    )
    register(
        "approvals.request.opened", _("{actor} drew up the approval of {name} version {number} for {line}")
    )
    register(
        "approvals.request.gathered",
        _("The evidence of the draft for {name} version {number} on {line} was gathered anew: {reason}"),
    )
    register(
        "approvals.request.submitted", _("{actor} asked for approval of {name} version {number} for {line}")
    )
    register(
        "approvals.request.withdrawn",
        _("{actor} withdrew the approval of {name} version {number} for {line}"),
    )
    register("approvals.request.expired", _("The approval of {name} version {number} for {line} expired"))
    register(
        "approvals.request.voided", _("The approval of {name} version {number} for {line} is void: {reason}")
    )
    register(
        "approvals.decision.signed", _("{actor} signed “{verdict}” for {name} version {number} on {line}")
    )
    register(
        "approvals.signing.refused",
        _("A signature of {actor} for {name} version {number} was refused: {reason}"),
    )
    register("approvals.request.approved", _("{name} version {number} is approved for {line}"))
    register("approvals.request.returned", _("{name} version {number} was returned to its makers for {line}"))
    register("approvals.request.rejected", _("{name} version {number} was rejected for {line}"))
