"""Golden parts that are run at a machine: what is due, what is on, what was seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from mlops_portal.foundation.plant.models import Asset, Person
from mlops_portal.foundation.plant.selectors.calendar import shift_at
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.registry.models import Champion, RegisteredModel
from monitoring.golden.policies import OPEN
from monitoring.golden.selectors.samples import samples_of
from monitoring.models import (
    GoldenAnswer,
    GoldenPlan,
    GoldenRound,
    GoldenSample,
    Prediction,
    ProcessChange,
)
from monitoring.models.golden import RoundState
from monitoring.transitions import RoundWhy

RECENT = timedelta(hours=12)
SHOWN = 200


def rounds_for(person: Person, *, action: str = "golden.view") -> QuerySet[GoldenRound]:
    """On the person's lines, newest first."""
    lines = lines_for(person=person, action=action)
    return (
        GoldenRound.objects.filter(asset__line__in=lines)
        .select_related("asset__line__site", "model__asset_type", "begun_by")
        .order_by("-due_at", "-pk")
    )


def open_for(person: Person) -> QuerySet[GoldenRound]:
    """Due or running, where the person may run them; the longest due first."""
    return rounds_for(person, action="golden.run").filter(state__in=OPEN).order_by("due_at", "pk")


@dataclass(frozen=True, slots=True)
class Runnable:
    """A machine and the model that judges there, whose golden parts can be run."""

    asset: Asset
    model: RegisteredModel
    last: GoldenRound | None


def runnable_for(person: Person) -> list[Runnable]:
    lines = lines_for(person=person, action="golden.run")
    running = Champion.objects.filter(asset__line__in=lines, asset__retired_at=None).select_related(
        "asset__line__site", "version__model"
    )
    with_parts = set(
        GoldenSample.objects.filter(retired_at=None, waiting=False).values_list("model", flat=True)
    )
    return [
        Runnable(one.asset, one.version.model, _last(one.asset, one.version.model))
        for one in running.order_by("asset__line__order", "asset__name")
        if one.version.model_id in with_parts
    ]


def _last(asset: Asset, model: RegisteredModel) -> GoldenRound | None:
    ended = GoldenRound.objects.filter(asset=asset, model=model).exclude(state__in=OPEN)
    return ended.order_by("-due_at").first()


@dataclass(frozen=True, slots=True)
class Due:
    plan: GoldenPlan
    asset: Asset
    why: RoundWhy
    key: str
    at: datetime


def due_now(now: datetime) -> Iterator[Due]:
    """What the plans ask for now and no round stands for yet."""
    for plan in GoldenPlan.objects.select_related("model__asset_type"):
        if not samples_of(plan.model).exists():
            continue
        running = Champion.objects.filter(version__model=plan.model, asset__retired_at=None)
        for champion in running.select_related("asset__line__site"):
            for one in (_shift(plan, champion.asset, now), _changeover(plan, champion.asset, now)):
                if one is not None and not _known(one):
                    yield one


def _known(due: Due) -> bool:
    return GoldenRound.objects.filter(asset=due.asset, model=due.plan.model, why_key=due.key).exists()


def _shift(plan: GoldenPlan, asset: Asset, now: datetime) -> Due | None:
    span = shift_at(site=asset.line.site, when=now, line=asset.line) if plan.at_shift else None
    if span is None or span.starts < plan.set_at:
        return None
    return Due(plan, asset, RoundWhy.SHIFT, f"shift/{span.starts.isoformat()}", span.starts)


def _changeover(plan: GoldenPlan, asset: Asset, now: datetime) -> Due | None:
    """The newest change, unless golden parts wait already or were begun since."""
    if not plan.at_changeover:
        return None
    since = max(plan.set_at, now - RECENT)
    change = ProcessChange.objects.filter(asset=asset, at__gt=since, at__lte=now).order_by("-at").first()
    rounds = GoldenRound.objects.filter(asset=asset, model=plan.model)
    if change is None or rounds.filter(state=RoundState.DUE).exists():
        return None
    if rounds.filter(begun_at__gt=change.at).exists():
        return None
    return Due(plan, asset, RoundWhy.CHANGEOVER, f"change/{change.pk}", change.at)


def samples_by_code(one: GoldenRound) -> dict[str, GoldenSample]:
    """The parts of a round, also those retired since."""
    samples = GoldenSample.objects.filter(model=one.model, code__in=one.order).order_by("retired_at", "-pk")
    return {sample.code: sample for sample in reversed(list(samples))}


def left(one: GoldenRound) -> list[str]:
    """The codes of parts that were not run yet, in their order."""
    done = set(one.answers.values_list("sample__code", flat=True))
    return [code for code in one.order if code not in done]


def heard_of(one: GoldenRound, sample: GoldenSample) -> Prediction | None:
    """The first judgement of a golden part at the machine since the round began, where the node names it."""
    if one.begun_at is None:
        return None
    names = [name for name in (sample.part, sample.code) if name]
    judged = Prediction.objects.filter(
        asset=one.asset, part_id__in=names, at__gte=one.begun_at, version__model=one.model
    )
    return judged.order_by("at", "pk").first()


def course_of(sample: GoldenSample) -> list[GoldenAnswer]:
    """What stations said of one golden part, oldest first."""
    answers = GoldenAnswer.objects.filter(sample=sample).exclude(said="")
    return list(answers.select_related("round__asset").order_by("-at", "-pk")[:SHOWN])[::-1]
