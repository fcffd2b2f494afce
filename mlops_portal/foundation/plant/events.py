"""How the plant's events read in the log."""

from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.ledger.types import labels, read_as, register
from mlops_portal.foundation.plant.roles import Role

ROLE_WORDS = labels(Role)


def register_types() -> None:
    read_as("role", ROLE_WORDS)
    register("plant.site.founded", _("The site {name} was founded; {person} looks after it"))
    register("plant.role.granted", _("{actor} made {person} {role} on {place}"))
    register("plant.role.ended", _("{actor} ended the role {role} of {person} on {place}"))
    register("plant.person.invited", _("{actor} invited {person} as {role} on {place}"))
    register("plant.invitation.withdrawn", _("{actor} withdrew the invitation of {person}"))
    register("plant.person.joined", _("{actor} joined as {role} on {place}, invited by {invited_by}"))
    register("plant.person.left", _("{actor} recorded that {person} left"))
    register("plant.skill.granted", _("{actor} confirmed the skill {skill} of {person}"))
    register("plant.skill.ended", _("{actor} ended the skill {skill} of {person}"))
    register("plant.token.created", _("{actor} made the API token {name}"))
    register("plant.token.revoked", _("{actor} revoked the API token {name}"))
    register("plant.line.created", _("{actor} added the line {name}"))
    register("plant.asset_type.created", _("{actor} named the kind of machine {name}"))
    register("plant.asset.created", _("{actor} added the machine {name}"))
    register("plant.asset.changed", _("{actor} changed the machine {name}"))
    register("plant.asset.retired", _("{actor} retired the machine {name}"))
    register("plant.node.registered", _("{actor} registered the edge node {name}"))
    register("plant.node.retired", _("{actor} retired the edge node {name}"))
    register("plant.shift.set", _("{actor} set the shift {name} to {new}"))
    register("plant.shift.removed", _("{actor} removed the shift {name}"))
    register("plant.day.closed", _("{actor} closed {day}: {reason}"))
    register("plant.day.opened", _("{actor} opened {day} again"))
    register("plant.tablet.announced", _("{actor} made a code to pair the tablet {name} with {line}"))
    register("plant.tablet.paired", _("The tablet {name} was paired with {line}, with the code of {by}"))
    register("plant.tablet.unpaired", _("{actor} unpaired the tablet {name} of {line}"))
    register("plant.pin.set", _("{actor} set a PIN for shared tablets"))
    register("plant.pin.ended", _("{actor} ended the PIN and the badge of {person}"))
    register("plant.pin.closed", _("The PIN of {person} was closed after {count} wrong ones"))
    register("plant.badge.set", _("{actor} scanned a badge to be known by"))
