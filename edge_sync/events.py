"""How the events of keys, releases and nodes read in the log."""

from django.utils.translation import gettext_lazy as _

from edge_sync.transitions import ParkedEnd, ParkedOrder, ReleaseState, delivery_words, reported_words
from mlops_portal.foundation.ledger.types import labels, read_as, register


def because(reason: object) -> str:
    """The end of a sentence: a colon and the reason, or nothing where there is none."""
    return f": {reason}" if reason else ""


def after(reason: object) -> str:
    return f" – {reason}" if reason else ""


WORDS = (
    ("old", "edge.release.", labels(ReleaseState)),
    ("new", "edge.release.", labels(ReleaseState)),
    ("reason", "edge.release.moved", because),
    ("what", "edge.delivery.", delivery_words),
    ("order", "edge.delivery.", labels(ParkedOrder)),
    ("how", "edge.delivery.", labels(ParkedEnd)),
    ("reason", "edge.delivery.ordered", after),
    ("reason", "edge.delivery.left", after),
    ("state", "edge.target.", reported_words),
    ("reason", "edge.target.", after),
    ("state", "edge.node.reported", reported_words),
    ("reason", "edge.node.reported", after),
)


def register_types() -> None:
    for field, room, words in WORDS:
        read_as(field, words, room=room)
    register("edge.key.created", _("The key {key} came into use as {purpose}"))
    register("edge.key.ended", _("The key {key} is no longer in use as {purpose}"))
    register("edge.root.signed", _("Version {version} of the root was signed with {signatures} offline keys"))
    register(
        "edge.roster.signed",
        _("Roster {version} of {line} was signed offline: {people} people, {keys} passkeys, {assurance}"),
    )
    register("edge.node.enrolled", _("{actor} enrolled the edge node {name} with its own key"))
    register("edge.node.reported", _("{name} reports: {state}{reason}"))
    register("edge.token.made", _("{actor} made a token to enrol the edge node {name}"))
    register("edge.release.staged", _("The portal took up the approval of {name} for {line}"))
    register("edge.release.published", _("Release {number} of {name} was published for {asset}"))
    register("edge.release.moved", _("The release of {name} on {line} went from “{old}” to “{new}”{reason}"))
    register("edge.release.paused", _("{actor} paused the release of {name} on {line}: {reason}"))
    register("edge.release.resumed", _("{actor} let the release of {name} on {line} go on: {reason}"))
    register("edge.release.halted", _("{actor} halted the release of {name} on {line}: {reason}"))
    register(
        "edge.release.back_asked",
        _("{actor} asked to go back from {name} on {line} to {back_to}: {reason}"),
    )
    register(
        "edge.delivery.parked",
        _("The edge node {name} parked {what}, because the portal refused it: {reason}"),
    )
    register("edge.delivery.ordered", _("{actor} ordered of {what} at the edge node {name}: {order}{reason}"))
    register("edge.delivery.left", _("The edge node {name} has no longer parked {what}: {how}{reason}"))
    register("edge.target.reported", _("{asset} reports release {number}: {state}{reason}"))
