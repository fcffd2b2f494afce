"""What came of a replay, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from edge_sync.replay.choice import Choice
from mlops_portal.foundation.plant.models import Asset
from monitoring.models import Alert
from monitoring.readings import ReadingWords
from monitoring.transitions import AlertState


@dataclass(frozen=True, slots=True)
class AlertSeen:
    """An alert that opened, or that readings joined; ``row`` is where in the table it began, if known."""

    id: int
    joined: bool
    sentence: str
    url: str
    since: str
    row: int | None
    features: list[str]


@dataclass(slots=True)
class Summary:
    """``next_row`` is where the same command would go on after it was stopped; None where all is sent."""

    run: str
    model: str
    version: int
    released: bool
    machine: str
    node: str
    rows: int = 0
    first_row: int = 0
    last_row: int = 0
    next_row: int | None = None
    starts: str = ""
    ends: str = ""
    predictions: int = 0
    sampled: int = 0
    quarantined: dict[str, int] = field(default_factory=dict)
    windows: int = 0
    outcomes: int = 0
    outcomes_unmatched: int = 0
    refused: list[str] = field(default_factory=list)
    alerts: list[AlertSeen] = field(default_factory=list)
    seconds: float = 0.0

    @classmethod
    def of(cls, choice: Choice, *, run: str, node: str) -> Summary:
        version = choice.version
        return cls(run, version.model.slug, version.number, choice.released, choice.asset.slug, node)

    def plain(self) -> dict[str, Any]:
        return asdict(self)

    def lines(self) -> Iterator[str]:
        """In sentences."""
        said = {"rows": self.rows, "seconds": f"{self.seconds:.1f}", "run": self.run}
        yield _("%(rows)d rows were sent in %(seconds)s s as run %(run)s.") % said
        windows = {"windows": self.windows, "sampled": self.sampled, "judged": self.predictions}
        yield _("Parts judged: %(judged)d, with readings: %(sampled)d, windows: %(windows)d.") % windows
        for check, count in sorted(self.quarantined.items()):
            yield ngettext(
                "%(count)d record failed the check “%(check)s” and was set aside.",
                "%(count)d records failed the check “%(check)s” and were set aside.",
                count,
            ) % {"count": count, "check": check}
        if self.outcomes or self.outcomes_unmatched:
            yield _("Outcomes joined: %(joined)d; of parts that were set aside: %(aside)d.") % {
                "joined": self.outcomes,
                "aside": self.outcomes_unmatched,
            }
        for problem in self.refused:
            yield _("The portal refused a batch: %(problem)s") % {"problem": problem}
        for one in self.alerts:
            place = _(" (row %(row)d)") % {"row": one.row} if one.row else ""
            yield f"{one.sentence}{place}: {one.url}"
        if not self.alerts:
            yield _("No alert opened.")
        if self.next_row is not None:
            yield _("It was stopped; the same command goes on with row %(row)d.") % {"row": self.next_row}


@dataclass(frozen=True, slots=True)
class Before:
    """The alerts of a machine before a replay: what had moved by then, by id."""

    asset: Asset
    features: dict[int, set[str]]

    @classmethod
    def of(cls, asset: Asset) -> Before:
        return cls(asset, {one.pk: set(one.features) for one in Alert.objects.filter(asset=asset)})

    def since(self, times: list[float], *, first: int) -> list[AlertSeen]:
        """Alerts that opened since, and open ones that readings joined; ``times`` are those of the rows."""
        alerts = []
        for alert in Alert.objects.filter(asset=self.asset).select_related("version__model").order_by("pk"):
            old = self.features.get(alert.pk)
            if old is None or (alert.state != AlertState.RESOLVED and set(alert.features) - old):
                alerts.append(_seen(alert, old, times, first))
        return alerts


def _seen(alert: Alert, old: set[str] | None, times: list[float], first: int) -> AlertSeen:
    words = ReadingWords(alert.judged_by.model)
    said = {"reading": words.name(alert.feature), "asset": alert.machine.name}
    if old is None:
        sentence = _("%(reading)s on %(asset)s left what the model learned") % said
    else:
        said["reading"] = words.name(min(set(alert.features) - old))
        sentence = _("%(reading)s on %(asset)s joined the alert") % said
    return AlertSeen(
        id=alert.pk,
        joined=old is not None,
        sentence=sentence,
        url=settings.PUBLIC_URL + reverse("alert", args=[alert.pk]),
        since=alert.since.isoformat(),
        row=_row(alert.since, times, first),
        features=sorted(alert.features),
    )


def _row(since: datetime, times: list[float], first: int) -> int | None:
    start = since.timestamp()
    return next((first + place for place, at in enumerate(times) if at >= start), None)
