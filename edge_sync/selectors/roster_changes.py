"""What differs between two rosters, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from approvals.transitions import Assurance
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.wire.roster import Roster, RosterPerson


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between the signed roster and the plant; ``kind``: person, key, role, rule, witness."""

    kind: str
    text: str
    person_id: str = ""


def differences(before: Roster | None, after: Roster) -> list[Change]:
    """People and their keys first, then the rules; everything is new where nothing was signed before."""
    old = before.people if before else {}
    changes = [change for one in after.people.values() for change in _person(old.get(one.id), one)]
    changes += [
        Change("person", _("%(person)s goes.") % {"person": one.name}, one.id)
        for one in old.values()
        if one.id not in after.people
    ]
    return [*changes, *_rules(before, after)]


def _person(known: RosterPerson | None, one: RosterPerson) -> Iterator[Change]:
    who = {"person": one.name}
    if known is None:
        yield Change("person", _("%(person)s is new.") % who, one.id)
    elif known.roles != one.roles:
        yield Change("role", _("%(person)s has other roles.") % who, one.id)
    elif known.name != one.name:
        yield Change("person", _("%(person)s has another name.") % who, one.id)
    before = known.passkeys if known else {}
    for _key in set(one.passkeys.items()) - set(before.items()):
        yield Change("key", _("%(person)s has a new passkey.") % who, one.id)
    for _gone in set(before) - set(one.passkeys):
        yield Change("key", _("A passkey of %(person)s goes.") % who, one.id)


def _rules(before: Roster | None, after: Roster) -> Iterator[Change]:
    if before is None or before.minimum_assurance != after.minimum_assurance:
        name = Assurance(after.minimum_assurance).label
        yield Change("rule", _("Decisions need at least: %(assurance)s.") % {"assurance": name})
    if before is None or before.quorum != after.quorum:
        places = ", ".join(f"{count} × {Role(role).label}" for role, count in sorted(after.quorum.items()))
        yield Change("rule", _("An approval needs: %(places)s.") % {"places": places})
    if before is not None and before.seal_keys != after.seal_keys:
        yield Change("rule", _("The portal's approval key changes."))
    if before is not None and (before.rp_id, before.origins) != (after.rp_id, after.origins):
        yield Change("rule", _("The portal's address changes."))
    if before is not None and before.log_keys != after.log_keys:
        yield Change("rule", _("The key that signs the log changes."))
    new, old = set(after.witnesses), set(before.witnesses if before else ())
    for one in sorted(new - old):
        yield Change("witness", _("The node %(node)s witnesses the log.") % {"node": _node(one)})
    for one in sorted(old - new):
        yield Change("witness", _("The node %(node)s no longer witnesses the log.") % {"node": _node(one)})
    if after.recovered is not None and (before is None or before.recovered != after.recovered):
        said = {"size": after.recovered.size, "reason": after.recovered.reason}
        yield Change("rule", _("The log goes on from %(size)s events, whatever nodes saw: %(reason)s") % said)


def _node(witness: str) -> str:
    """The node's short name, the last part of its name as a witness."""
    return witness.partition("+")[0].rpartition("/")[2]
