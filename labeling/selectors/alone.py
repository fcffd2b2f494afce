"""What a version decided alone, and whether that keeps what was promised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from labeling.models import BY_CHANCE, Label, LabelRequest
from labeling.transitions import RequestState
from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import ModelVersion
from monitoring.models import Prediction
from monitoring.rules.exact import at_most, interval

SPAN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Alone:
    """One version on one machine over ``SPAN``; ``threshold`` None: it decides everything alone.

    ``asked`` of ``judged`` parts were left to a person. ``known``: parts that it decided alone and whose
    truth came by chance (inspections, and answers about parts that a draw hit); ``wrong`` of these.
    """

    asset: Asset
    version: ModelVersion
    zone: dict[str, Any]
    judged: int
    asked: int
    known: int
    wrong: int

    @property
    def threshold(self) -> float | None:
        return self.zone.get("threshold")

    @property
    def share(self) -> float:
        """Percent of the parts that were decided alone."""
        return 100 * (self.judged - self.asked) / self.judged if self.judged else 0.0

    @property
    def may_be(self) -> float:
        """The largest share of wrong parts that is still possible, in percent."""
        return 100 * at_most(self.wrong, self.known, self.zone["certainty"])

    @property
    def seen(self) -> float:
        return 100 * self.wrong / self.known if self.known else 0.0

    @property
    def promised(self) -> float:
        return 100 * float(self.zone["wrong_share"])

    @property
    def state(self) -> str:
        """ "kept" or "broken" where that is beyond chance, else "open"."""
        if not self.known:
            return "open"
        promised = float(self.zone["wrong_share"])
        if at_most(self.wrong, self.known, self.zone["certainty"]) <= promised:
            return "kept"
        low, _high = interval(self.wrong, self.known)
        return "broken" if low > promised else "open"


def alone_on(running: Iterable[tuple[Asset, ModelVersion]], *, now: datetime) -> list[Alone]:
    """Of each machine whose version was measured against a promise."""
    return [_alone(asset, version, now) for asset, version in running if version.measures.get("ask_zone")]


def _alone(asset: Asset, version: ModelVersion, now: datetime) -> Alone:
    mine = Prediction.objects.filter(asset=asset, version=version, at__gte=now - SPAN)
    counted = mine.aggregate(judged=Count("pk"), asked=Count("pk", filter=Q(asks=True)))
    seen = mine.filter(asks=False, truth_source="inspection").exclude(truth="")
    inspected = seen.aggregate(known=Count("pk"), wrong=Count("pk", filter=~Q(truth=F("label"))))
    classes = [one["key"] for one in version.model.classes]
    answered = Label.objects.filter(
        undone_at=None,
        answer__in=classes,
        request__in=LabelRequest.objects.filter(BY_CHANCE),
        request__row__prediction__asset=asset,
        request__row__prediction__version=version,
        request__row__prediction__at__gte=now - SPAN,
        request__row__prediction__asks=False,
        request__row__prediction__truth="",
    )
    told = _told(answered.exclude(request__state=RequestState.DISPUTED))
    return Alone(
        asset,
        version,
        version.measures["ask_zone"],
        counted["judged"],
        counted["asked"],
        inspected["known"] + len(told),
        inspected["wrong"] + sum(told.values()),
    )


def _told(answered: QuerySet[Label]) -> dict[str, bool]:
    """{part: whether it was judged wrong}; an expert's answer settles those that contradict one another,
    else such a part counts for nothing."""
    given: dict[str, set[bool]] = {}
    settled: dict[str, bool] = {}
    of = "request__row__prediction"
    for label in (
        answered.annotate(part=F(of), said=F(f"{of}__label")).select_related("request").order_by("at")
    ):
        wrong = label.answer != label.said
        given.setdefault(label.part, set()).add(wrong)
        if label.expert and label.request.state == RequestState.SETTLED:
            settled[label.part] = wrong
    return {
        part: settled.get(part, min(wrongs))
        for part, wrongs in given.items()
        if part in settled or len(wrongs) == 1
    }
