"""“Is it the process or the model?” for an alert of a measure, and what is proposed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.selectors import champion_for
from mlops_portal.foundation.shell.templatetags.ui_text import number_text
from monitoring.alerts.selectors.checks import NEAR, Check, Proposal
from monitoring.measures.selectors.joint_words import Carrier
from monitoring.models import Alert, Measure, ProcessChange, StatisticPoint
from monitoring.models.alert import AlertKind
from monitoring.transitions import UNRESOLVED, Cause

RECENT = timedelta(hours=24)


def machines_of(measure: Measure) -> list[Asset]:
    """The machine of a measure, or those of its line."""
    if measure.asset is not None:
        return [measure.asset]
    return list(measure.line.assets.filter(retired_at=None))


def models_check(alert: Alert, measure: Measure) -> Check:
    """Did any measure of the models there move since?"""
    machines = machines_of(measure)
    open_ones = Alert.objects.filter(asset__in=machines, measure=None, state__in=UNRESOLVED)
    if open_ones.exists():
        text = ngettext(
            "%(count)d alert of a model there is open as well.",
            "%(count)d alerts of models there are open as well.",
            open_ones.count(),
        ) % {"count": open_ones.count()}
        return Check("model", "bad", _("The model moved as well"), text)
    running = [one for one in machines if champion_for(one) is not None]
    judged = StatisticPoint.objects.filter(asset__in=machines, starts__gte=alert.since)
    if alert.resolved_at:
        judged = judged.filter(starts__lte=alert.resolved_at)
    count = judged.values("asset", "feature", "statistic").distinct().count()
    if not count:
        text = _("No model judged parts there since.") if not running else _("No window was judged since.")
        return Check("model", "caution", _("Model unchanged?"), text)
    text = ngettext(
        "%(count)d statistic of the model and its readings was judged since; none raised an alert.",
        "%(count)d statistics of the model and its readings were judged since; none raised an alert.",
        count,
    ) % {"count": count}
    return Check("model", "good", _("Every measure of the model is unchanged"), text)


def band_check(alert: Alert, measure: Measure) -> Check | None:
    """Is the new level still one that people expect?"""
    if measure.low is None and measure.high is None:
        return None
    last = measure.values.filter(at__gte=alert.since).order_by("-at").first()
    if last is None:
        return None
    facts = {"value": number_text(last.value), "unit": measure.unit}
    inside = (measure.low is None or last.value >= measure.low) and (
        measure.high is None or last.value <= measure.high
    )
    if inside:
        text = _("The last value, %(value)s %(unit)s, lies inside; it moved without leaving it.") % facts
        return Check("band", "good", _("Inside the expected band"), text)
    text = _("The last value, %(value)s %(unit)s, lies outside.") % facts
    return Check("band", "bad", _("Outside the expected band"), text)


def parts_check(carried: Sequence[Carrier]) -> Check | None:
    """Did a part move, or only what they do together?"""
    if not carried:
        return None
    leading = carried[0]
    facts = {"part": leading.measure}
    if leading.matters:
        text = _("Above all %(part)s left its own level or its relation to the others.") % facts
        return Check("parts", "caution", _("A small step, seen by several measures together"), text)
    text = _("The levels are as before; %(part)s no longer goes with the others.") % facts
    return Check("parts", "caution", _("A relation between measures is broken"), text)


def changed_check(alert: Alert, changes: Sequence[ProcessChange]) -> Check:
    near = [one for one in changes if abs(one.at - alert.since) <= NEAR]
    if near:
        what = ", ".join(f"{one.asset}: {one.get_kind_display()} {one.value}".strip() for one in near[-3:])
        text = _("Recorded near its beginning: %(what)s.") % {"what": what}
        return Check("change", "bad", _("The process changed"), text)
    return Check(
        "change", "caution", _("No change recorded"), _("Ask at the line what was done at that time.")
    )


def steps_for(
    alert: Alert, measure: Measure, checks: Sequence[Check], carried: Sequence[Carrier] = ()
) -> list[str]:
    """What to do now, in order."""
    tone = {one.key: one.tone for one in checks}
    steps = []
    if carried:
        first = carried[0].measure
        steps.append(
            _(
                "Look at %(part)s of %(place)s first, and at what reads it: a sensor that drifts breaks "
                "relations."
            )
            % {"part": first, "place": first.place}
        )
    if alert.kind == AlertKind.PROCESS_DRIFT:
        steps.append(
            _("Go to %(place)s and look: leak, wear, air, cooling, supply, or another product.")
            % {"place": alert.place}
        )
    if tone.get("change") != "bad":
        steps.append(_("If something was changed, record it as a change, so that the chart shows it."))
    if tone.get("model") == "good" and alert.kind == AlertKind.PROCESS_DRIFT:
        steps.append(_("Leave the model as it is: nothing it reads or says has moved. Watch the next parts."))
    elif tone.get("model") == "bad":
        steps.append(_("Look at the model's own alert first: both may have one cause."))
    steps.append(_("If the new level is to stay, let the measure learn its reference anew."))
    steps.append(_("Resolve this alert with its cause; the next one like it will show it."))
    return steps


def proposal_of(alert: Alert, past: Sequence[Alert]) -> Proposal:
    """A process change is suspected; what alerts like this one ended with says how far to believe it."""
    right = sum(one.cause == Cause.PROCESS for one in past)
    return Proposal(Cause.PROCESS, _("the process changed"), right, len(past))
