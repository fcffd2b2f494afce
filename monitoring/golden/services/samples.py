"""Golden samples: adding, retiring, and recording how a version did on them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import demand, guard
from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel
from mlops_portal.foundation.registry.selectors import features_of
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.shell.registries import undo
from mlops_portal.foundation.shell.work.jobs import enqueue
from mlops_portal.foundation.wire.categories import code_of
from mlops_portal.foundation.wire.errors import Invalid, NotAllowed
from monitoring.containment.services.goldens import version_doubted
from monitoring.errors import CodeTaken, Marked, Retired
from monitoring.golden.selectors.samples import clear, edit_verdict, second_person, skilled_for
from monitoring.golden.services.asking import change_asked
from monitoring.models import GoldenChange, GoldenCheck, GoldenSample
from monitoring.transitions import ChangeVerb

LONGEST_CODE, LONGEST_PART, LONGEST_REASON, LONGEST_PLACE = 20, 200, 300, 60


def _readings(model: RegisteredModel, readings: Mapping[str, Any]) -> dict[str, float | None]:
    """Exactly the model's readings; a category may come as its text, NaN and what is absent become missing.
    Raises Invalid."""
    features = features_of(model)
    foreign = sorted(set(readings) - {one.key for one in features})
    if foreign:
        raise Invalid(_("%(model)s knows no reading “%(key)s”.") % {"model": model, "key": foreign[0]})
    values: dict[str, float | None] = {}
    for feature in features:
        key, value = feature.key, readings.get(feature.key)
        if isinstance(value, str | bool) and feature.categories:
            value = code_of(value, feature.categories, ignore_case=feature.ignore_case)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise Invalid(_("The reading “%(key)s” is no number.") % {"key": key})
        values[key] = None if value is None or not math.isfinite(value) else value
    if all(value is None for value in values.values()):
        raise Invalid(_("A golden sample needs readings."))
    return values


def golden_add(
    *,
    by: Person,
    model: RegisteredModel,
    code: str,
    readings: Mapping[str, Any],
    truth: str,
    tolerance: float = 0.5,
    safety: bool = False,
    borderline: bool = False,
    judged_by: Person | None = None,
    part: str = "",
    place: str = "",
) -> GoldenSample:
    """Add a part whose truth ``judged_by`` (else ``by``) gave. Who gives it holds a skill for the machines.

    ``tolerance``: the probability that a model must give the truth at least. ``part`` is its id, where it is
    known: from now on no training has the part, nor its like. ``place``: where it is kept. Where the plan
    asks for a second person, it tests nothing until they have agreed. ``borderline``: see ``golden_mark``.
    Raises CodeTaken, NotAllowed, Invalid for an unknown class, odd readings, a tolerance that is not above 0
    and at most 1, or a safety part that is borderline.
    """
    demand(edit_verdict(by, model))
    judge, now, code = judged_by or by, timezone.now(), code.strip()
    _skilled(judge, model)
    if truth not in [one["key"] for one in model.classes]:
        raise Invalid(_("“%(truth)s” is no class of %(model)s.") % {"truth": truth, "model": model})
    if not 0 < tolerance <= 1:
        raise Invalid(_("The tolerance is a probability above 0 and at most 1."))
    _clear_if_safe(safety=safety, borderline=borderline)
    if not code or len(code) > LONGEST_CODE or "/" in code:
        raise Invalid(_("A code has 1 to %(most)d letters and no slash.") % {"most": LONGEST_CODE})
    try:
        with transaction.atomic():
            sample = GoldenSample.objects.create(
                model=model,
                code=code,
                part=part.strip()[:LONGEST_PART],
                place=" ".join(place.split())[:LONGEST_PLACE],
                waiting=second_person(model),
                readings=_readings(model, readings),
                truth=truth,
                tolerance=tolerance,
                safety=safety,
                borderline=borderline,
                judged_by=judge,
                judged_at=now,
            )
            if sample.waiting:
                change_asked(person=by, sample=sample, verb=ChangeVerb.ADD)
            else:
                _told("monitoring.golden.added", by, sample)
    except IntegrityError:
        raise CodeTaken(
            _("There is a golden sample %(code)s already; choose another code.") % {"code": code}
        ) from None
    return sample


def _skilled(person: Person, model: RegisteredModel) -> None:
    """Raises NotAllowed."""
    if not skilled_for(person=person, model=model, now=timezone.now()):
        raise NotAllowed(
            _("%(person)s holds no skill for %(type)s; the truth of a golden sample needs one.")
            % {"person": person, "type": model.asset_type}
        )


def _clear_if_safe(*, safety: bool, borderline: bool) -> None:
    """Raises Invalid."""
    if safety and borderline:
        raise Invalid(_("A safety part must be beyond doubt, so it cannot be borderline."))


def golden_mark(*, by: Person, sample: GoldenSample, borderline: bool, reason: str) -> None:
    """Say that a part lies between two classes, so that no gate hangs on it, or that it is clear after all.

    Who says it holds a skill for the machines, and has no say over versions that stand now
    (``approvals.selectors.duties``). Raises NotAllowed, Invalid without a reason or for a safety part,
    Retired, Marked where it is so already.
    """
    demand(edit_verdict(by, sample.model))
    _skilled(by, sample.model)
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise Invalid(_("Say why, in 1 to %(most)d letters.") % {"most": LONGEST_REASON})
    _clear_if_safe(safety=sample.safety, borderline=borderline)
    if second_person(sample.model):
        verb = ChangeVerb.BORDERLINE if borderline else ChangeVerb.CLEAR
        change_asked(person=by, sample=sample, verb=verb, reason=reason)
    else:
        _mark(by, sample, borderline, reason)


def _mark(by: Person, sample: GoldenSample, borderline: bool, reason: str) -> None:
    with transaction.atomic():
        other = GoldenSample.objects.filter(pk=sample.pk, retired_at=None, borderline=not borderline)
        if other.update(borderline=borderline) != 1:
            sample.refresh_from_db()
            if sample.retired_at is not None:
                raise Retired(_("%(code)s was retired before.") % {"code": sample.code})
            raise Marked(_("%(code)s is marked so already.") % {"code": sample.code})
        sample.borderline = borderline
        _told("monitoring.golden.borderline" if borderline else "monitoring.golden.clear", by, sample, reason)


def golden_retire(*, by: Person, sample: GoldenSample) -> str:
    """Take a sample out of the set, with the token that undoes it; "" where that waits for a second person.
    Raises Retired."""
    demand(edit_verdict(by, sample.model))
    if second_person(sample.model):
        change_asked(person=by, sample=sample, verb=ChangeVerb.RETIRE)
        return ""
    _retire(by, sample)
    return undo.token(by=by, name="monitoring.golden", sample_id=sample.pk)


def _retire(by: Person, sample: GoldenSample) -> None:
    with transaction.atomic():
        in_force = GoldenSample.objects.filter(pk=sample.pk, retired_at=None)
        if in_force.update(retired_at=timezone.now()) != 1:
            raise Retired(_("%(code)s was retired before.") % {"code": sample.code})
        _told("monitoring.golden.retired", by, sample)


def change_apply(*, change: GoldenChange, person: Person, agreed: bool) -> None:
    """What a second person decided, in the caller's transaction: ``person`` is who decided."""
    sample, verb = change.sample, ChangeVerb(change.verb)
    if verb is ChangeVerb.ADD:
        GoldenSample.objects.filter(pk=sample.pk, waiting=True).update(
            waiting=False, retired_at=None if agreed else timezone.now()
        )
        if agreed:
            _told("monitoring.golden.added", change.asked_by, sample)
    elif agreed and verb is ChangeVerb.RETIRE:
        _retire(person, sample)
    elif agreed:
        _mark(person, sample, verb is ChangeVerb.BORDERLINE, change.reason)


def golden_restore(*, by: Person, sample_id: int) -> None:
    """Undo of retiring. Raises CodeTaken where the code was given to another sample meanwhile."""
    sample = GoldenSample.objects.select_related("model", "judged_by").filter(pk=sample_id).first()
    if sample is None:
        return
    demand(edit_verdict(by, sample.model))
    if second_person(sample.model):
        raise NotAllowed(_("A change of the set needs a second person; add the part anew."))
    try:
        with transaction.atomic():
            if GoldenSample.objects.filter(pk=sample_id, retired_at__isnull=False).update(retired_at=None):
                _told("monitoring.golden.restored", by, sample)
    except IntegrityError:
        raise CodeTaken(
            _("The code %(code)s was given to another sample meanwhile.") % {"code": sample.code}
        ) from None


def _told(name: str, by: Person, sample: GoldenSample, reason: str = "") -> None:
    event_record(
        type=name,
        actor=by.actor,
        subjects=[sample.ref(), sample.model.ref("of"), sample.judged_by.ref("judged_by")],
        public={
            "code": sample.code,
            "part": sample.part,
            "name": sample.model.name,
            "truth": sample.truth,
            "tolerance": sample.tolerance,
            "safety": sample.safety,
            "borderline": sample.borderline,
            **({"reason": reason} if reason else {}),
        },
        personal={"judge": sample.judged_by.name},
    )
    changed("golden")


def golden_check_ask(*, by: Person, version: ModelVersion) -> None:
    """Let a worker run the golden set against a version."""
    guard(by, "model.view")
    enqueue("labeling.golden_check", version_id=version.pk)


def golden_check_record(
    *, version: ModelVersion, digest: str, results: Sequence[Mapping[str, Any]]
) -> GoldenCheck:
    """Keep the outcome; the same outcome of the same set and version again changes nothing."""
    now, stored = timezone.now(), [dict(one) for one in results]
    counting = clear(stored)
    passed = bool(counting) and all(bool(one["passed"]) for one in counting)
    outcome = {"results": stored, "passed": passed, "at": now}
    with transaction.atomic():
        check, made = GoldenCheck.objects.get_or_create(version=version, set_digest=digest, defaults=outcome)
        if not made and check.results != stored:  # a part's id was learned, or lost, since
            GoldenCheck.objects.filter(pk=check.pk).update(**outcome)
            check.refresh_from_db()
            made = True
        if made:
            event_record(
                type="monitoring.golden.checked",
                actor=SYSTEM,
                subjects=[version.ref(), version.model.ref("of")],
                public={
                    "name": version.model.name,
                    "number": version.number,
                    "set": digest,
                    "passed": passed,
                    "right": sum(bool(one["passed"]) for one in counting),
                    "count": len(counting),
                    "missed": [str(one["code"]) for one in counting if not one["passed"]],
                    "borderline": len(stored) - len(counting),
                },
                at=now,
            )
            changed("golden", f"version:{version.pk}")
            if counting and not passed:
                version_doubted(
                    version=version, missed=[one["code"] for one in counting if not one["passed"]]
                )
    return check
