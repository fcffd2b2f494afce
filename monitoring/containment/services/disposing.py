"""What people do with parts in doubt: find them, inspect them again, sign what becomes of them, close.

- What is signed is signed of the parts that the person saw waiting: another number by then, and they look
  again.
- Set-based: 200,000 parts are one statement, not one each.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import demand
from monitoring.containment.policies import containment_verdict
from monitoring.containment.rules import LONGEST_NOTE, needs_inspection, needs_note
from monitoring.containment.selectors.spans import good_found, judged_in
from monitoring.containment.services.telling import told
from monitoring.errors import ContainmentMoved, ContainmentNotEmpty, NotADisposition, NotPulled
from monitoring.models import Containment, ContainmentLot, ContainmentPart, Disposition
from monitoring.models.containment import ContainmentState
from monitoring.performance.services.inspections import inspection_record
from monitoring.transitions import DispositionKind


def lot_pull(*, by: Person, containment: Containment, lot: str, pulled: int) -> ContainmentLot:
    """``by`` looked for the parts of a lot and ``pulled`` so many; the others may have left the plant.
    NotPulled for a number that cannot be, ContainmentMoved where the lot is not there."""
    demand(containment_verdict(by, containment, "pull"))
    with transaction.atomic():
        row = ContainmentLot.objects.select_for_update().filter(containment=containment, lot=lot).first()
        if row is None:
            raise NotPulled(_("%(code)s has no such lot.") % {"code": containment.code})
        if not 0 <= pulled <= row.parts:
            raise NotPulled(
                _("The lot has %(parts)d parts in doubt; so 0 to %(parts)d were found.")
                % {"parts": row.parts}
            )
        row.pulled, row.pulled_by, row.pulled_at = pulled, by, timezone.now()
        row.save(update_fields=["pulled", "pulled_by", "pulled_at"])
        told(containment, by.actor, "pulled", lot=lot, pulled=pulled, count=row.parts)
    return row


def part_dispose(
    *, by: Person, containment: Containment, part: ContainmentPart, kind: str, note: str = "", truth: str = ""
) -> Disposition:
    """Sign what becomes of one part; ``truth``: the class that its re-inspection found, which joins as truth.
    Raises what ``parts_dispose`` and ``inspection_record`` raise."""
    demand(containment_verdict(by, containment, "dispose"))
    with transaction.atomic():
        if truth:
            part_reinspect(by=by, containment=containment, part=part, truth=truth)
        return _dispose(by, containment, kind, note, lot=part.lot, part=part, seen=1)


def part_reinspect(*, by: Person, containment: Containment, part: ContainmentPart, truth: str) -> None:
    """What a re-inspection found of a part, as truth of every judgement of it by this machine's model. Raises
    what ``inspection_record`` raises."""
    judged = part.prediction
    inspection_record(
        by=by,
        part_id=part.part_id,
        truth=truth,
        at=timezone.now(),
        model=judged.version.model.slug,
        asset=containment.asset.slug,
    )


def parts_dispose(
    *, by: Person, containment: Containment, lot: str | None, kind: str, seen: int, note: str = ""
) -> Disposition:
    """Sign what becomes of the parts of a lot (None: of all lots) that wait, of which the person ``seen`` so
    many. Good and reworked: of those alone that a re-inspection found good since; the others go on waiting.

    NotADisposition where nothing may be signed so, ContainmentMoved where other parts wait than were seen.
    """
    return _dispose(by, containment, kind, note, lot=lot, part=None, seen=seen)


def _dispose(
    by: Person,
    containment: Containment,
    kind: str,
    note: str,
    *,
    lot: str | None,
    part: ContainmentPart | None,
    seen: int,
) -> Disposition:
    demand(containment_verdict(by, containment, "dispose"))
    said = _note(kind, note)
    with transaction.atomic():
        locked = Containment.objects.select_for_update(of=("self",)).get(pk=containment.pk)
        waiting = ContainmentPart.objects.filter(containment=containment, disposition=None)
        if part is not None:
            waiting = waiting.filter(pk=part.pk)
        elif lot is not None:
            waiting = waiting.filter(lot=lot)
        _demand_seen(locked, waiting.count(), seen)
        if needs_inspection(kind):
            waiting = waiting.filter(good_found(locked))
        lots = dict(waiting.order_by().values_list("lot").annotate(n=Count("pk")))
        if not lots:
            raise NotADisposition(
                _("No re-inspection since %(code)s was opened found any of these parts good; record its "
                  "results first.")
                % {"code": containment.code}
            )  # fmt: skip
        count = sum(lots.values())
        disposition = Disposition.objects.create(
            containment=containment,
            kind=kind,
            note=said,
            lot=lot,
            part_id=part.part_id if part else "",
            parts=count,
            by=by,
            at=timezone.now(),
        )
        waiting.update(disposition=disposition)
        for each, n in lots.items():
            containment.lots.filter(lot=each).update(waiting=F("waiting") - n)
        Containment.objects.filter(pk=containment.pk).update(waiting=F("waiting") - count)
        told(
            containment,
            by.actor,
            "disposed",
            subjects=(disposition.ref("by"),),
            kind=kind,
            count=count,
            lot=lot if lot is not None else "*",
            part=disposition.part_id,
            note=said,
        )
    containment.refresh_from_db(fields=["waiting"])
    return disposition


def _note(kind: str, note: str) -> str:
    said = " ".join(note.split())
    if kind not in DispositionKind.values:
        raise NotADisposition(_("Parts are good after re-inspection, reworked, scrapped, or a concession."))
    if len(said) > LONGEST_NOTE:
        raise NotADisposition(_("A note has at most %(most)d letters.") % {"most": LONGEST_NOTE})
    if needs_note(kind) and not said:
        raise NotADisposition(_("Say who permitted the concession, and under which number."))
    return said


def _demand_seen(containment: Containment, waiting: int, seen: int) -> None:
    if containment.state != ContainmentState.OPEN or not waiting:
        raise ContainmentMoved(
            _("Somebody was first: none of these parts of %(code)s waits any more.")
            % {"code": containment.code}
        )
    if waiting != seen:
        raise ContainmentMoved(
            ngettext(
                "%(waiting)d part waits now, not %(seen)d as you saw; look again before you sign.",
                "%(waiting)d parts wait now, not %(seen)d as you saw; look again before you sign.",
                waiting,
            )
            % {"waiting": waiting, "seen": seen}
        )


def containment_close(*, by: Person, containment: Containment) -> None:
    """Every part has its decision and none can join. ContainmentNotEmpty, ContainmentMoved."""
    containment.refresh_from_db(fields=["state", "until", "waiting", "judgements"])
    demand(containment_verdict(by, containment, "close"))
    if not containment.listed and judged_in(containment).count() != containment.judgements:
        raise ContainmentNotEmpty(
            _("More parts of its time have come; they join %(code)s within a minute.")
            % {"code": containment.code}
        )
    with transaction.atomic():
        empty = Containment.objects.filter(
            pk=containment.pk, state=ContainmentState.OPEN, waiting=0, until__isnull=False
        )
        if empty.update(state=ContainmentState.CLOSED, closed_at=timezone.now(), closed_by=by) != 1:
            raise ContainmentMoved(
                _("Somebody changed %(code)s first; load the page again.") % {"code": containment.code}
            )
        containment.refresh_from_db()
        told(containment, by.actor, "closed", count=containment.parts)
