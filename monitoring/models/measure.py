"""Measures over time: of the process, of the business, of the model; and their values."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.ledger.refs import Ref
from mlops_portal.foundation.plant.models import Asset, Line
from mlops_portal.foundation.registry.models.model import in_words


class MeasureKind(models.TextChoices):
    PROCESS = "process", _("process series")
    BUSINESS = "business", _("business figure")
    MODEL = "model", _("measure of the model")


class Bad(models.TextChoices):
    """Which way is bad; the keys are the chart's sides."""

    UP = "up", _("higher")
    DOWN = "down", _("lower")
    BOTH = "both", _("both ways")


class ChartKind(models.TextChoices):
    EWMA = "ewma", _("EWMA: small lasting steps")
    CUSUM = "cusum", _("CUSUM: a step of one standard deviation")
    PAGE_HINKLEY = "page_hinkley", _("Page–Hinkley: slow wandering")
    XBAR_R = "xbar_r", _("X̄-R: means and ranges of subgroups")
    XBAR_S = "xbar_s", _("X̄-S: means and deviations of subgroups")
    I_MR = "i_mr", _("I-MR: single values and moving ranges")
    P = "p", _("p: share not in order, in percent")
    NP = "np", _("np: number not in order")
    C = "c", _("c: faults")
    U = "u", _("u: faults on each unit")
    MEWMA = "mewma", _("MEWMA: several measures together")

    @classmethod
    def single(cls) -> list[tuple[str, Any]]:
        """The charts of one series."""
        return [(value, label) for value, label in cls.choices if value != cls.MEWMA]


CONTROL = frozenset({"xbar_r", "xbar_s", "i_mr", "p", "np", "c", "u"})


class Measure(models.Model):
    """One series of a line, or of one of its machines.

    ``share``: its part of the false alarms that the line bears. ``tolerance``: a step smaller than this
    matters to nobody. ``source``: the reading whose mean each window gives, empty where values are sent.
    The chart is fitted on ``reference_size`` values from ``reference_from`` on; ``fitted`` is empty before
    (``compute.series.Fitted``, of a control chart ``compute.control.chart.Chart``), and ``problem`` says why
    it stays so. ``rules``: run rules that a person chose for a control chart. ``spec_low`` and ``spec_high``:
    the drawing's limits, for capability; ``low`` to ``high`` is only where people expect it.
    ``capability``: ``tasks.capability``, {"refused": why} where none is told.

    A joint measure watches its ``parts`` together, in the order of their ids, with a MEWMA
    (``compute.joint.Fitted``, and "steps": {"pace": index of the part that sets the steps, "slack":
    s}). Its values are T² at the end of each step.
    """

    line = models.ForeignKey(Line, models.PROTECT, related_name="measures")
    asset = models.ForeignKey(Asset, models.PROTECT, null=True, related_name="measures")
    key = models.SlugField(max_length=60)
    words = models.JSONField(default=dict)
    unit = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=10, choices=MeasureKind)
    bad = models.CharField(max_length=6, choices=Bad, default=Bad.BOTH)
    chart = models.CharField(max_length=14, choices=ChartKind, default=ChartKind.EWMA)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    spec_low = models.FloatField(null=True)
    spec_high = models.FloatField(null=True)
    tolerance = models.FloatField(null=True)
    rules = models.JSONField(default=list)
    capability = models.JSONField(default=dict)
    share = models.FloatField(default=0.05)
    source = models.CharField(max_length=60, blank=True)
    reference_size = models.PositiveIntegerField(default=200)
    reference_from = models.DateTimeField(null=True)
    reference_to = models.DateTimeField(null=True)
    fitted = models.JSONField(default=dict)
    problem = models.CharField(max_length=20, blank=True)
    parts = models.ManyToManyField("self", symmetrical=False, related_name="joints")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["line", "key"]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(ended_at=None), name="measure_key_once"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="measure_share_range"),
        ]

    def __str__(self) -> str:
        return in_words(self.words) or self.key

    @property
    def joint(self) -> bool:
        return self.chart == ChartKind.MEWMA

    @property
    def control(self) -> bool:
        """A control chart of points, with textbook lines and run rules."""
        return self.chart in CONTROL

    @property
    def place(self) -> str:
        return str(self.asset or self.line)

    def ref(self, relation: str = "about") -> Ref:
        return Ref("measure", self.key, relation)


class MeasureValue(models.Model):
    """One value; ``up`` and ``down`` are the chart's statistics as shares of the limit, ``on`` whether it is
    out. None while it was not judged, and within the reference. Of a joint measure the value is T², ``up``
    its root as a share of the limit's, ``down`` 0, and ``carried`` what its chart remembers: {"z": [one a
    part]}. Of a control chart ``size`` and ``spread`` are those of the subgroup, and ``carried`` is
    ``compute.control.chart.Step.carried``."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="values")
    at = models.DateTimeField()
    value = models.FloatField()
    size = models.FloatField(null=True)
    spread = models.FloatField(null=True)
    received_at = models.DateTimeField()
    up = models.FloatField(null=True)
    down = models.FloatField(null=True)
    on = models.BooleanField(null=True)
    carried = models.JSONField(null=True)

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["measure", "at"], name="measure_value_once")]

    def __str__(self) -> str:
        return f"{self.measure_id} {self.at:%Y-%m-%d %H:%M} {self.value:g}"


class TableState(models.TextChoices):
    READING = "reading", _("Being read")
    WAITING = "waiting", _("Waits for answers")
    TAKEN = "taken", _("Taken")
    REFUSED = "refused", _("Cannot be read")


class MeasureTable(models.Model):
    """A table of values that a person brought for a measure.

    ``answers`` to what the reader asks, by key; ``guesses``: what it guessed and asks, as
    ``registry.compute.tables.problem.Problem`` keeps it; ``result``: {"new", "same", "corrected",
    "left_out"}.
    """

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="tables")
    state = models.CharField(max_length=8, choices=TableState, default=TableState.READING)
    file_path = models.CharField(max_length=200, blank=True)
    file_name = models.CharField(max_length=200)
    answers = models.JSONField(default=dict)
    guesses = models.JSONField(default=list)
    result = models.JSONField(default=dict)
    error = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def topic(self) -> str:
        return f"measure-table:{self.pk}"


class NewNormal(models.Model):
    """Since when the level is normal, who said so and why. ``before``: what the measure's reference was
    ({"reference_from", "reference_to", "fitted", "problem"}), so that it can be taken back; ``cause``: the
    deed on a part, where a joint measure was taken along."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="normals")
    since = models.DateTimeField()
    reason = models.CharField(max_length=500)
    before = models.JSONField(default=dict)
    cause = models.ForeignKey("self", models.PROTECT, null=True, related_name="taken_along")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.reason

    def ref(self, relation: str = "about") -> Ref:
        return Ref("new_normal", str(self.pk), relation)
