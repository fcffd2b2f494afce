"""Who may do what: one table of roles and actions.

- It feeds the policies, the page that shows it, and the test of every cell.
- LINE: the person needs the role on the line of the thing (or on the whole site of that line).
- SITE: the person needs the role on the whole site; a role on one line is not enough.
- ANY: the person needs the role somewhere.
- The administrator looks after people and machines and never approves (segregation of duties).
- Who stands at a shared tablet may do what ``AT_TABLET`` names, on its line, whatever roles they hold: a
  short PIN is no way in to anything that signs, sets, reads the log or makes keys (docs/decisions/0034).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.plant.roles import Role


class Scope(StrEnum):
    LINE = "line"
    SITE = "site"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Action:
    """One row of the matrix: what it is called, how far a role reaches, and which roles have it."""

    key: str
    title: str | Promise
    scope: Scope
    roles: frozenset[Role]

    @property
    def area(self) -> str:
        return self.key.partition(".")[0]

    @property
    def at_tablet(self) -> bool:
        """Whether it may be done at a shared tablet, after a PIN."""
        return self.key in AT_TABLET


AT_TABLET = frozenset(
    {
        *("plant.view", "node.view", "release.view", "golden.view"),
        *("label.answer", "change.record", "golden.run", "measure.view", "measure.record"),
    }
)


O, D, Q, M, U, A = (  # noqa: E741 - letters keep the table below in one view
    Role.OPERATOR,
    Role.DOMAIN_EXPERT,
    Role.QUALITY_ENGINEER,
    Role.ML_ENGINEER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)
EVERYBODY = (O, D, Q, M, U, A)


def _row(key: str, title: str | Promise, scope: Scope, *roles: Role) -> Action:
    return Action(key, title, scope, frozenset(roles))


ACTIONS: dict[str, Action] = {
    action.key: action
    for action in (
        _row("plant.view", _("See lines, machines and shifts"), Scope.LINE, *EVERYBODY),
        _row("plant.edit", _("Change lines and machines"), Scope.SITE, A),
        _row("calendar.edit", _("Change shifts and closed days"), Scope.SITE, Q, A),
        _row("node.view", _("See edge nodes"), Scope.LINE, *EVERYBODY),
        _row("node.register", _("Register and retire edge nodes"), Scope.SITE, A),
        _row("node.settle", _("Send again or give up what a node has parked"), Scope.LINE, M, A),
        _row("people.view", _("See people, roles and skills"), Scope.ANY, D, Q, U, A),
        _row("people.invite", _("Invite people"), Scope.SITE, A),
        _row("people.leave", _("Let people leave"), Scope.SITE, A),
        _row("role.grant", _("Give and end roles"), Scope.SITE, A),
        _row("skill.grant", _("Give and end skills"), Scope.LINE, D, Q, A),
        _row("matrix.view", _("See who may do what"), Scope.ANY, *EVERYBODY),
        _row("token.create", _("Make API tokens for oneself"), Scope.ANY, *EVERYBODY),
        _row("tablet.pair", _("Pair and unpair shared tablets"), Scope.SITE, A),
        _row("pin.set", _("Set a PIN for the shared tablets of one's line"), Scope.ANY, O, D),
        _row("log.view", _("Read the decision log"), Scope.ANY, D, Q, M, U, A),
        _row("log.verify", _("Verify the decision log"), Scope.ANY, Q, U, A),
        _row("status.view", _("See how the portal's own parts run"), Scope.ANY, M, A),
        _row("demo.disturb", _("Disturb the demo plant"), Scope.ANY, D, M, A),
        _row("model.view", _("See models, versions and candidates"), Scope.ANY, D, Q, M, U, A),
        _row("model.register", _("Register models and their features"), Scope.SITE, M),
        _row("model.onboard", _("Bring data and propose a first version"), Scope.SITE, M),
        _row("backtest.view", _("See back-tests"), Scope.ANY, D, Q, M, U),
        _row("backtest.run", _("Try limits and strategies on the past"), Scope.ANY, D, Q, M),
        _row("budget.set", _("Set how many false alarms a line bears"), Scope.LINE, Q, M),
        _row(
            "measure.view",
            _("See measures of the process and of the model over time"),
            Scope.LINE,
            O,
            D,
            Q,
            M,
            U,
        ),
        _row("measure.edit", _("Add and end measures of the process"), Scope.LINE, D, Q, M),
        _row("measure.record", _("Send values of a measure"), Scope.LINE, O, D, Q, M),
        _row("automation.set", _("Set how far a step runs by itself"), Scope.SITE, Q, M),
        _row("ask_zone.set", _("Set what a model may decide alone"), Scope.SITE, Q),
        _row("alert.view", _("See alerts"), Scope.LINE, O, D, Q, M, U),
        _row("alert.handle", _("Acknowledge, take and resolve alerts"), Scope.LINE, D, Q, M),
        _row("change.record", _("Record a change of tool, lot, sensor or recipe"), Scope.LINE, O, D, Q),
        _row("inspection.record", _("Record an inspection result"), Scope.LINE, O, D, Q, M),
        _row("containment.view", _("See parts in doubt"), Scope.LINE, O, D, Q, M, U),
        _row("containment.open", _("Say that parts are in doubt"), Scope.LINE, D, Q),
        _row("containment.pull", _("Find and pull parts in doubt"), Scope.LINE, O, D, Q),
        _row("containment.dispose", _("Sign what becomes of parts in doubt"), Scope.LINE, Q),
        _row("golden.view", _("See golden samples"), Scope.LINE, *EVERYBODY),
        _row("golden.run", _("Run golden parts through the station"), Scope.LINE, O, D, Q),
        _row("golden.edit", _("Add and retire golden samples"), Scope.SITE, D, Q),
        _row("label.ask", _("Ask operators for labels"), Scope.LINE, D, Q, M),
        _row("label.answer", _("Answer label requests"), Scope.LINE, O, D),
        _row("label.settle", _("Settle disputed labels"), Scope.LINE, D),
        _row("run.view", _("See retrain runs"), Scope.ANY, D, Q, M, U),
        _row("run.start", _("Start and cancel retrain runs"), Scope.SITE, D, M),
        _row("policy.set", _("Set what a model must show before approval"), Scope.SITE, Q),
        _row("approval.view", _("See approval requests and their evidence"), Scope.LINE, D, Q, M, U),
        _row("approval.request", _("Ask for approval of a candidate"), Scope.LINE, Q, M),
        _row("approval.decide", _("Approve, return or reject a candidate"), Scope.LINE, D, Q),
        _row("keys.ceremony", _("Hold a key ceremony from a page (demo plant alone)"), Scope.SITE, A),
        _row("log.export", _("Export the decision log"), Scope.ANY, Q, U),
        _row("lineage.view", _("Follow a prediction to the people behind it"), Scope.ANY, D, Q, M, U),
        _row("release.view", _("See releases and what runs where"), Scope.LINE, *EVERYBODY),
        _row("release.control", _("Pause and halt releases"), Scope.LINE, Q, M),
    )
}
