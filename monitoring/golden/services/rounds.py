"""Golden parts run through the station: due, begun, part by part, good or not.

- Due by the plan once for each shift and each change; on demand whenever a person wants.
- What the node judged of a part that it names counts before what a person types.
- Not all seen right: what the machine judged since the last good round is in doubt, and quality is told.
  All seen right: what still grew ends with this round.
- Late ones are told once; those that the next one overtakes were missed, and stay to be seen.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from mlops_portal.foundation.ledger.refs import SYSTEM, Actor
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Asset, Person
from mlops_portal.foundation.plant.policies import demand, guard
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.plant.selectors.people import people_who_may, people_with
from mlops_portal.foundation.registry.models import RegisteredModel
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.shell.notices.notifications import notify
from monitoring.containment.services.opening import containment_open, containments_bound
from monitoring.errors import NotARound, RoundOver
from monitoring.golden.policies import round_verdict
from monitoring.golden.rules import Run, drawn, outcome
from monitoring.golden.selectors.rounds import due_now, heard_of, left, samples_by_code
from monitoring.golden.selectors.samples import golden_set, samples_of
from monitoring.models import GoldenAnswer, GoldenRound
from monitoring.models.golden import RoundState
from monitoring.transitions import RoundWhy, Trigger

KIND = "golden.round"
LONGEST_NOTE = 200
ABANDONED = timedelta(hours=8)
PROVEN = (Trigger.GOLDEN, Trigger.SENSOR)


def rounds_due(*, now: datetime | None = None) -> int:
    """Make what the plans ask for due; how many."""
    moment, made = now or timezone.now(), 0
    for due in due_now(moment):
        try:
            with transaction.atomic():
                one = GoldenRound.objects.create(
                    model=due.plan.model,
                    asset=due.asset,
                    why=due.why,
                    why_key=due.key,
                    due_at=due.at,
                    late_at=due.at + timedelta(minutes=due.plan.minutes),
                )
                _overtaken(one)
                _told(one, SYSTEM, "due")
        except IntegrityError:
            continue  # another worker was first
        made += 1
    return made


def _overtaken(newer: GoldenRound) -> None:
    older = GoldenRound.objects.filter(asset=newer.asset, model=newer.model, state=RoundState.DUE)
    for one in older.exclude(pk=newer.pk).select_related("asset__line__site", "model"):
        _missed(one)


def _missed(one: GoldenRound) -> None:
    if GoldenRound.objects.filter(pk=one.pk, state=one.state).update(
        state=RoundState.MISSED, ended_at=timezone.now()
    ):
        one.state = RoundState.MISSED
        _told(one, SYSTEM, "missed")
        _tell(one, gettext_noop("Golden parts on {asset} were not run."), Role.QUALITY_ENGINEER)


def rounds_late(*, now: datetime | None = None) -> int:
    """Tell once of each that is late; give up those that somebody began and left. How many."""
    moment = now or timezone.now()
    late = GoldenRound.objects.filter(state=RoundState.DUE, late_at__lt=moment, told_late_at=None)
    told = 0
    for one in late.select_related("asset__line__site", "model"):
        with transaction.atomic():
            mine = GoldenRound.objects.filter(pk=one.pk, told_late_at=None, state=RoundState.DUE)
            if mine.update(told_late_at=moment):
                _told(one, SYSTEM, "late")
                message = gettext_noop("Golden parts on {asset} are late: run them now.")
                _tell(one, message, Role.OPERATOR, Role.QUALITY_ENGINEER)
                told += 1
    left_lying = GoldenRound.objects.filter(state=RoundState.RUNNING, begun_at__lt=moment - ABANDONED)
    for one in left_lying.select_related("asset__line__site", "model"):
        with transaction.atomic():
            _missed(one)
    return told


def round_begin(*, by: Person, asset: Asset, model: RegisteredModel) -> GoldenRound:
    """Begin the round that is due, else one on demand; the one that runs, where one does. NotARound where the
    model has no golden parts or judges nothing there."""
    guard(by, "golden.run", line=asset.line)
    if asset.type_id != model.asset_type_id:
        raise NotARound(_("%(model)s judges nothing on %(asset)s.") % {"model": model, "asset": asset})
    codes = list(samples_of(model).values_list("code", flat=True))
    if not codes:
        raise NotARound(_("%(model)s has no golden samples yet.") % {"model": model})
    now = timezone.now()
    mine = GoldenRound.objects.filter(asset=asset, model=model)
    with transaction.atomic():
        running = mine.filter(state=RoundState.RUNNING).first()
        if running is not None:
            return running
        one = mine.select_for_update().filter(state=RoundState.DUE).order_by("-due_at").first()
        one = one or GoldenRound(
            asset=asset, model=model, why=RoundWhy.DEMAND, why_key=f"demand/{now.isoformat()}", due_at=now,
            late_at=now + ABANDONED,
        )  # fmt: skip
        one.state, one.begun_at, one.begun_by = RoundState.RUNNING, now, by
        one.set_digest, one.order = golden_set(model)[1], drawn(codes, f"{asset.pk}/{now.isoformat()}")
        try:
            with transaction.atomic():
                one.save()
        except IntegrityError:
            return mine.get(state=RoundState.RUNNING)  # somebody began it at this moment
        _told(one, by.actor, "begun")
    return one


def round_say(*, by: Person, one: GoldenRound, code: str, said: str, note: str = "") -> GoldenRound:
    """What the station said of a part, as ``by`` read it there; "" with a note where it could not be run.
    What the node itself judged of the part counts instead, where it names it. The last part ends the round.

    RoundOver where the part was run before, NotARound for a class that the model does not know.
    """
    demand(round_verdict(by, one))
    sample = samples_by_code(one).get(code)
    words = " ".join(note.split())[:LONGEST_NOTE]
    if sample is None or code not in one.order:
        raise NotARound(_("%(code)s is no part of this round.") % {"code": code})
    if said and said not in [kind["key"] for kind in one.model.classes]:
        raise NotARound(_("“%(said)s” is no class of %(model)s.") % {"said": said, "model": one.model})
    if not said and not words:
        raise NotARound(_("Say why the part could not be run."))
    judged = heard_of(one, sample)
    try:
        with transaction.atomic():
            GoldenAnswer.objects.create(
                round=one,
                sample=sample,
                said=judged.label if judged else said,
                confidence=judged.confidence if judged else None,
                right=(judged.label if judged else said) == sample.truth,
                prediction=judged.pk if judged else "",
                note=words,
                by=by,
                at=judged.at if judged else timezone.now(),
            )
            _ended(one, by.actor)
    except IntegrityError:
        raise RoundOver(_("%(code)s was run in this round before.") % {"code": code}) from None
    return one


def round_hear(*, by: Person, one: GoldenRound) -> int:
    """Take what the node judged of parts that it names, for who waits for it; how many."""
    demand(round_verdict(by, one))
    return _hear(one)


def _hear(one: GoldenRound) -> int:
    if one.state != RoundState.RUNNING:
        return 0
    samples, heard = samples_by_code(one), 0
    with transaction.atomic():
        for code in left(one):
            judged = heard_of(one, samples[code])
            if judged is not None:
                _answer, made = GoldenAnswer.objects.get_or_create(
                    round=one,
                    sample=samples[code],
                    defaults={
                        "said": judged.label,
                        "confidence": judged.confidence,
                        "right": judged.label == samples[code].truth,
                        "prediction": judged.pk,
                        "at": judged.at,
                    },
                )
                heard += made
        if heard:
            changed(f"golden_round:{one.pk}")
            _ended(one, SYSTEM)
    return heard


def _ended(one: GoldenRound, actor: Actor) -> None:
    """End the round with its last part."""
    changed(f"golden_round:{one.pk}")
    if left(one):
        return
    answers = list(one.answers.select_related("sample"))
    state, wrong, not_run = outcome(
        Run(each.sample.code, each.said, each.right, each.sample.borderline) for each in answers
    )
    now = timezone.now()
    running = GoldenRound.objects.filter(pk=one.pk, state=RoundState.RUNNING)
    if running.update(state=state, ended_at=now) != 1:
        return
    one.state, one.ended_at = state, now
    _told(
        one, actor, state.value, wrong=", ".join(wrong), not_run=", ".join(not_run),
        answers={each.sample.code: each.said for each in answers},
        heard=sum(bool(each.prediction) for each in answers),
    )  # fmt: skip
    if state is RoundState.FAILED:
        containment_open(
            actor=actor, asset=one.asset, trigger=Trigger.GOLDEN, key=f"round/{one.pk}",
            facts={"parts": ", ".join(wrong)},
        )  # fmt: skip
        _tell(one, gettext_noop("{asset} did not see golden parts right: {parts}."),
              Role.QUALITY_ENGINEER, Role.DOMAIN_EXPERT, parts=", ".join(wrong))  # fmt: skip
    elif state is RoundState.INCOMPLETE:
        _tell(one, gettext_noop("Golden parts on {asset} could not all be run: {parts}."),
              Role.QUALITY_ENGINEER, parts=", ".join(not_run))  # fmt: skip
    elif one.begun_at is not None:
        containments_bound(asset=one.asset, at=one.begun_at, actor=actor, triggers=PROVEN)


def rounds_hear() -> int:
    """Let running rounds hear what nodes told; how many parts."""
    running = GoldenRound.objects.filter(state=RoundState.RUNNING)
    return sum(_hear(one) for one in running.select_related("asset__line__site", "model"))


def _told(one: GoldenRound, actor: Actor, verb: str, **public: Any) -> None:
    event_record(
        type=f"monitoring.golden_round.{verb}",
        actor=actor,
        subjects=[one.ref(), one.asset.ref("at"), one.asset.line.ref("on"), one.model.ref("of")],
        public={
            "asset": one.asset.name, "why": RoundWhy(one.why).value, "set": one.set_digest, **public,
        },
    )  # fmt: skip
    changed("golden", "golden_rounds", f"golden_round:{one.pk}", f"asset:{one.asset.slug}")


def _tell(one: GoldenRound, message: str, *roles: Role, **params: str) -> None:
    line = one.asset.line
    people = [person for role in roles for person in people_with(role=role, line=line)]
    may = {person.pk for person in people_who_may(action="golden.view", line=line)}
    notify(
        to=[person for person in people if person.pk in may],
        kind=KIND,
        message=message,
        url=reverse("golden_round", args=[one.pk]),
        asset=one.asset.name,
        **params,
    )
