"""Facts in, verdict out. Pages ask ``verdict`` to offer an action, services call ``guard`` first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.matrix import ACTIONS, Scope
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.wire.errors import NotAllowed

if TYPE_CHECKING:
    from mlops_portal.foundation.plant.models import Line, Person, Site


@dataclass(frozen=True, slots=True)
class Held:
    """A role that a person holds now; ``line_id`` None means the whole site."""

    role: Role
    site_id: int
    line_id: int | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something is allowed, and if not, why."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Verdict(True)
TAKES_OVER = "label.answer"


def not_at_tablet() -> str:
    return _("This cannot be done at a shared tablet. Sign in on a device of your own.")


def reaches(held: Held, scope: Scope, *, site_id: int | None, line_id: int | None) -> bool:
    """Whether a role held reaches a thing on that site and line; without a place any place will do."""
    if scope is Scope.ANY or site_id is None:
        return scope is not Scope.SITE or held.line_id is None
    if held.site_id != site_id:
        return False
    if held.line_id is None:
        return True
    return scope is Scope.LINE and (line_id is None or held.line_id == line_id)


def on_line(held: Iterable[Held], line: Line) -> list[Held]:
    """The roles held that reach the line, as if they were held there alone."""
    return list(
        dict.fromkeys(
            Held(one.role, one.site_id, line.pk)
            for one in held
            if one.site_id == line.site_id and one.line_id in (None, line.pk)
        )
    )


def decide(
    held: Iterable[Held],
    action_key: str,
    *,
    site_id: int | None = None,
    line_id: int | None = None,
    scopes: frozenset[str] | None = None,
    active: bool = True,
) -> Verdict:
    """The matrix applied to facts; pure. ``scopes`` are the actions that an API token was given."""
    action = ACTIONS[action_key]
    if not active:
        return Verdict(False, _("This account has left."))
    if scopes is not None and action_key not in scopes:
        return Verdict(False, _("This API token was not given “%(action)s”.") % {"action": action.title})
    having = [one for one in held if one.role in action.roles]
    if not having:
        names = ", ".join(str(role.label) for role in Role if role in action.roles)
        return Verdict(
            False,
            _("“%(action)s” needs one of these roles: %(roles)s.") % {"action": action.title, "roles": names},
        )
    if any(reaches(one, action.scope, site_id=site_id, line_id=line_id) for one in having):
        return YES
    if action.scope is Scope.SITE:
        reason = _("“%(action)s” needs the role for the whole site, not for one line.")
    else:
        reason = _("“%(action)s” needs the role on this line; yours is on another.")
    return Verdict(False, reason % {"action": action.title})


def verdict(
    person: Person, action_key: str, *, line: Line | None = None, site: Site | None = None
) -> Verdict:
    """Whether ``person`` may do this on that line or site, or anywhere when neither is named."""
    if person.tablet is not None and not ACTIONS[action_key].at_tablet:
        return Verdict(False, not_at_tablet())
    site_id = line.site_id if line is not None else site.pk if site is not None else None
    return decide(
        person.held,
        action_key,
        site_id=site_id,
        line_id=line.pk if line is not None else None,
        scopes=person.token_scopes,
        active=person.is_active,
    )


def guard(person: Person, action_key: str, *, line: Line | None = None, site: Site | None = None) -> None:
    """Raise NotAllowed with the reason unless ``person`` may do this."""
    allowed = verdict(person, action_key, line=line, site=site)
    if not allowed:
        raise NotAllowed(allowed.reason, action=action_key)


def skill_verdict(by: Person, person: Person) -> Verdict:
    """Skills are confirmed by somebody who reaches one of the person's places, and never for oneself."""
    if by.pk == person.pk:
        return Verdict(False, _("Nobody confirms or ends a skill of their own; ask a colleague."))
    verdicts = [verdict(by, "skill.grant", line=one.line, site=one.site) for one in person.assignments] or [
        verdict(by, "skill.grant")
    ]
    return next((one for one in verdicts if one), verdicts[0])


def leave_verdict(by: Person, person: Person) -> Verdict:
    """Who lets somebody leave needs the right on every site where the person holds a role."""
    verdicts = [verdict(by, "people.leave", site=one.site) for one in person.assignments] or [
        verdict(by, "people.leave")
    ]
    return next((one for one in verdicts if not one), YES)


def token_verdict(by: Person, person: Person) -> Verdict:
    """One's own tokens, or as somebody who may let their owner leave."""
    return verdict(by, "token.create") if by.pk == person.pk else leave_verdict(by, person)


def take_verdict(person: Person, line: Line) -> Verdict:
    """Who answers about parts of the line may take over its tablet."""
    return verdict(person, TAKES_OVER, line=line)


def pin_verdict(by: Person, person: Person) -> Verdict:
    """One's own PIN and badge; to end somebody else's, as somebody who may let them leave."""
    if by.token_scopes is not None:
        return Verdict(False, _("A token does not set or end PINs; sign in."))
    return verdict(by, "pin.set") if by.pk == person.pk else leave_verdict(by, person)


def demand(allowed: Verdict) -> None:
    """Raise NotAllowed with the reason of a verdict that says no."""
    if not allowed:
        raise NotAllowed(allowed.reason)


def lines_reached(held: Iterable[Held], action_key: str) -> tuple[set[int], set[int]]:
    """The site ids and the line ids on which the held roles allow the action (for filtering lists)."""
    roles = ACTIONS[action_key].roles
    having = [one for one in held if one.role in roles]
    sites = {one.site_id for one in having if one.line_id is None}
    return sites, {one.line_id for one in having if one.line_id is not None}
