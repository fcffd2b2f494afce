"""What was promised of false alarms, and how a model is watched."""

from __future__ import annotations

from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Asset, Line
from mlops_portal.foundation.registry.models import RegisteredModel
from mlops_portal.foundation.shell.templatetags.ui_text import number_text
from monitoring.models import FalseAlarmBudget, Watch


def per_week(line: Line) -> float:
    """False alarms a week that the line bears; one, where nobody set it."""
    row = FalseAlarmBudget.objects.filter(line=line).first()
    return row.per_week if row else FalseAlarmBudget.DEFAULT


def streams(line: Line) -> int:
    """How many machines and models share the line's budget: each machine once for every model of its type."""
    pairs = Asset.objects.filter(line=line, retired_at=None, type__models__isnull=False).count()
    return max(1, pairs)


def promise(budget: float) -> str:
    """“at most 1 false alarm a week”."""
    weeks = 1 / budget
    if weeks > 1.5 and abs(weeks - round(weeks)) < 0.05 * weeks:
        return _("at most one false alarm in %(weeks)s weeks") % {"weeks": number_text(weeks, 0)}
    if budget == 1:
        return _("at most one false alarm a week")
    return _("at most %(count)s false alarms a week") % {"count": number_text(budget)}


def watch_of(model: RegisteredModel) -> Watch:
    """How the model is watched; the defaults, not stored, where nobody set it."""
    return Watch.objects.filter(model=model).first() or Watch(model=model)
