"""Alerts as a person may see them, and how each reads in one sentence."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.shell.templatetags.ui_text import number_text
from monitoring.measures.rules.run_rules import RULES
from monitoring.measures.selectors.joint_words import carriers
from monitoring.models import Alert, Measure, Prediction
from monitoring.models.alert import AlertKind
from monitoring.readings import (
    CLASSES,
    CONFIDENCE,
    ERROR,
    ReadingWords,
)
from monitoring.transitions import AlertState

URGENCY = {
    AlertState.OPEN: 0,
    AlertState.ACKNOWLEDGED: 1,
    AlertState.IN_WORK: 2,
    AlertState.SNOOZED: 3,
    AlertState.RESOLVED: 4,
}


def alerts_for(*, person: Person) -> QuerySet[Alert]:
    """The alerts on the person's lines; those that nobody looks after first, then the newest."""
    ranked = Case(
        *(When(state=state, then=Value(rank)) for state, rank in URGENCY.items()),
        output_field=IntegerField(),
    )
    lines = lines_for(person=person, action="alert.view")
    return (
        Alert.objects.filter(Q(asset__line__in=lines) | Q(measure__line__in=lines))
        .select_related("asset__line__site", "asset__type", "measure__line__site", "version__model", "owner")
        .prefetch_related("version__model__features")
        .annotate(urgency=ranked, line_slug=Coalesce("asset__line__slug", "measure__line__slug"))
        .order_by("urgency", "-opened_at")
    )


def headline(alert: Alert) -> str:
    """“Hydraulic pressure on Press 4 is 5.8 bar higher than the model learned”."""
    if alert.measure is not None:
        return measure_headline(alert, alert.measure)
    words = ReadingWords(alert.judged_by.model)
    own = {
        CLASSES: _("The model on %(asset)s gives other answers than it did when it was trained"),
        CONFIDENCE: _("The model on %(asset)s is not as sure as it was when it was trained"),
        ERROR: _("The model on %(asset)s is wrong more often than it promised"),
    }
    if alert.feature in own:
        return own[alert.feature] % {"asset": alert.asset}
    stored = alert.features.get(alert.feature, {})
    shift = stored.get("shift")
    facts = {"reading": words.name(alert.feature), "asset": alert.asset}
    if stored.get("statistic") == "missing":
        share = number_text(100 * stored["value"], 0)
        return _("%(reading)s on %(asset)s is missing on %(share)s %% of the parts") % (
            facts | {"share": share}
        )
    if stored.get("statistic") == "unseen":
        share = number_text(100 * stored["value"], 0)
        return _("%(reading)s on %(asset)s has words the model never met, on %(share)s %% of the parts") % (
            facts | {"share": share}
        )
    if words.categories(alert.feature):
        return _("%(reading)s on %(asset)s is mixed otherwise than the model learned") % facts
    if not shift:
        return _("%(reading)s on %(asset)s is spread otherwise than the model learned") % facts
    amount = f"{number_text(abs(_readable(shift)))} {words.unit(alert.feature)}".strip()
    if shift > 0:
        return _("%(reading)s on %(asset)s is %(amount)s higher than the model learned") % (
            facts | {"amount": amount}
        )
    return _("%(reading)s on %(asset)s is %(amount)s lower than the model learned") % (
        facts | {"amount": amount}
    )


def measure_headline(alert: Alert, measure: Measure) -> str:
    """“Process change suspected: Air flow on Press 4 is 3.1 l/min higher than before”."""
    if measure.joint:
        return _joint_headline(alert, measure)
    stored = alert.features.get(measure.key, {})
    shift = stored.get("shift") or 0.0
    if signal := stored.get("signal"):
        return _signal_headline(measure, signal)
    facts = {
        "measure": str(measure),
        "place": measure.place,
        "amount": f"{number_text(abs(_readable(shift)))} {measure.unit}".strip(),
    }
    if alert.kind == AlertKind.PROCESS_DRIFT:
        if shift > 0:
            text = _("Process change suspected: %(measure)s on %(place)s is %(amount)s higher than before")
        else:
            text = _("Process change suspected: %(measure)s on %(place)s is %(amount)s lower than before")
    elif shift > 0:
        text = _("%(measure)s on %(place)s is %(amount)s higher than before")
    else:
        text = _("%(measure)s on %(place)s is %(amount)s lower than before")
    return text % facts


def _signal_headline(measure: Measure, signal: str) -> str:
    """What a control chart said where the level itself is inside its limit."""
    facts = {"measure": str(measure), "place": measure.place}
    if signal == "spread":
        return _("The spread of %(measure)s on %(place)s is not as before") % facts
    return _("%(measure)s on %(place)s: %(rule)s") % (facts | {"rule": _(RULES[signal].words)})


def _joint_headline(alert: Alert, measure: Measure) -> str:
    """“Process change suspected: Drive of Press 4 left what its parts do together, above all Power”."""
    leading = carriers(alert, measure)[:1]
    facts = {
        "measure": str(measure),
        "place": measure.place,
        "part": str(leading[0].measure) if leading else "…",
    }
    if alert.kind == AlertKind.PROCESS_DRIFT:
        text = _(
            "Process change suspected: %(measure)s on %(place)s is not as its parts were together, above all "
            "%(part)s"
        )
    else:
        text = _("%(measure)s on %(place)s is not as its parts were together, above all %(part)s")
    return text % facts


def _readable(value: float) -> float:
    """Two significant digits: nobody acts on the third."""
    return float(f"{value:.2g}")


def parts_since(alert: Alert, until: datetime | None = None) -> int:
    """How many parts this machine's model has judged since the alert's beginning."""
    place = {"asset": alert.asset} if alert.asset else {"asset__line": alert.line}
    judged = Prediction.objects.filter(**place, at__gte=alert.since)
    return (judged.filter(at__lt=until) if until else judged).count()


def similar(alert: Alert, most: int = 50) -> list[Alert]:
    """Resolved alerts of the same reading on machines of the same type, newest first."""
    alike = {"asset__type": alert.asset.type_id} if alert.asset else {"measure": alert.measure}
    return list(
        Alert.objects.filter(**alike, feature=alert.feature, kind=alert.kind, state=AlertState.RESOLVED)
        .exclude(pk=alert.pk)
        .select_related("asset__line", "measure__line")
        .order_by("-resolved_at")[:most]
    )
