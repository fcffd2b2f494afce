"""What a person may do with parts in doubt, and why not; the buttons and the services both ask here."""

from __future__ import annotations

from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import Verdict, verdict
from monitoring.models import Containment
from monitoring.models.containment import ContainmentState

VERBS = {
    "pull": "containment.pull",
    "dispose": "containment.dispose",
    "bound": "containment.dispose",
    "widen": "containment.open",
    "close": "containment.dispose",
}


def containment_verdict(person: Person, containment: Containment, verb: str) -> Verdict:
    """Whether ``person`` may ``verb`` (a key of VERBS) it in the state that it is in."""
    may = verdict(person, VERBS[verb], line=containment.asset.line)
    if not may:
        return may
    if containment.state != ContainmentState.OPEN:
        return Verdict(False, _("%(code)s is closed.") % {"code": containment.code})
    if verb == "bound" and not containment.grows:
        return Verdict(False, _("%(code)s has an end already.") % {"code": containment.code})
    if verb == "widen" and containment.listed:
        return Verdict(False, _("The parts of %(code)s were named one by one.") % {"code": containment.code})
    if verb == "close" and containment.grows:
        return Verdict(
            False,
            _("Parts still join %(code)s; it ends with a good golden check, or say when the cause ended.")
            % {"code": containment.code},
        )
    if verb == "close" and containment.waiting:
        return Verdict(
            False,
            _("%(n)d parts of %(code)s wait for a decision.")
            % {"n": containment.waiting, "code": containment.code},
        )
    return may
