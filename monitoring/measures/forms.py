"""Measures: what is charted, its values, its reference."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.plant.models import Asset, Line, Person
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.registry.models import Feature
from monitoring.limits.selectors import budgets
from monitoring.measures.rules.points import SIZED, SUBGROUPED, Given, counted, subgroup
from monitoring.measures.rules.run_rules import CHOOSABLE
from monitoring.measures.selectors.sources import GOLDEN
from monitoring.models import Measure
from monitoring.models.measure import Bad, ChartKind, MeasureKind
from monitoring.readings import CONFIDENCE, ERROR, OVERRIDE


class ChartedForm(forms.Form):
    """What every measure's chart is asked: how seldom it may be wrong, and what it learns from."""

    weeks = forms.FloatField(
        label=_("Weeks to one false alarm"),
        initial=20,
        min_value=1,
        max_value=500,
        help_text=_("The limit follows from it: the more weeks, the later it sees a small step."),
    )
    reference_size = forms.IntegerField(
        label=_("Values of the reference"),
        initial=200,
        min_value=25,
        max_value=20_000,
        help_text=_("The first values teach what is normal; more of them make the limit surer."),
    )

    def charted(self, line: Line) -> dict[str, Any]:
        """What was given, with the weeks as the share of the line's false alarms: at most all of them."""
        answers = dict(self.cleaned_data)
        share = 1 / (answers.pop("weeks") * budgets.per_week(line))
        return {**answers, "line": line, "share": min(1.0, share)}


class MeasureForm(ChartedForm):
    """A new measure of a line or of one of its machines."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("As people on the line call it"))
    place = forms.ChoiceField(label=_("Line or machine"))
    kind = forms.ChoiceField(label=_("What is it?"), choices=MeasureKind)
    unit = forms.CharField(label=_("Unit"), max_length=20, required=False)
    bad = forms.ChoiceField(label=_("Which way is bad?"), choices=Bad, initial=Bad.BOTH)
    low = forms.FloatField(label=_("Expected from"), required=False)
    high = forms.FloatField(label=_("Expected to"), required=False)
    spec_low = forms.FloatField(label=_("Lower limit of the drawing"), required=False)
    spec_high = forms.FloatField(
        label=_("Upper limit of the drawing"),
        required=False,
        help_text=_(
            "What a part may be; capability is told against it. Leave both empty where there is none."
        ),
    )
    tolerance = forms.FloatField(
        label=_("Step that matters"),
        required=False,
        help_text=_("A smaller step raises no alert, however sure the portal is of it."),
    )
    chart = forms.ChoiceField(
        label=_("Chart"),
        choices=lambda: [("", _("What suits the values")), *ChartKind.single()],
        required=False,
        help_text=_("p for errors and overrides, EWMA for everything else, unless you choose another."),
    )
    rules = forms.MultipleChoiceField(
        label=_("Run rules"),
        choices=lambda: [(key, f"{gettext(one.words)} ({one.called})") for key, one in CHOOSABLE.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "For X̄-R, X̄-S, I-MR, p, np, c and u. Each brings false alarms of its own, which are computed; a "
            "rule that does not fit into the promise marks points and raises no alert."
        ),
    )
    source = forms.ChoiceField(
        label=_("Where values come from"),
        required=False,
        help_text=_(
            "Sent by another system or a person, or what the portal has anyway: a reading's mean, how sure "
            "the model is, what inspection found, how golden parts were judged."
        ),
    )

    field_order = (
        *("name", "place", "kind", "source", "chart", "rules", "unit", "bad", "low", "high", "spec_low"),
        *("spec_high", "tolerance", "weeks", "reference_size"),
    )

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = lines_for(person=by, action="measure.edit").prefetch_related("assets")
        self.places: dict[str, tuple[Line, Asset | None]] = {}
        for line in lines:
            self.places[f"line:{line.slug}"] = (line, None)
            for asset in line.assets.filter(retired_at=None):
                self.places[f"asset:{asset.slug}"] = (line, asset)
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            (key, f"{asset}, {line}" if asset else str(line)) for key, (line, asset) in self.places.items()
        ]
        readings = Feature.objects.order_by("key").distinct()
        known = {one.key: str(one) for one in readings}
        self.fields["source"].choices = [  # type: ignore[attr-defined]
            ("", _("They are sent")),
            (CONFIDENCE, _("How sure the model is")),
            (ERROR, _("How often the model is wrong")),
            (OVERRIDE, _("How often people overrule the model")),
            (GOLDEN, _("How sure it is of golden parts")),
            *known.items(),
        ]

    @property
    def given(self) -> dict[str, Any]:
        """As ``measure_add`` takes it."""
        line, asset = self.places[self.cleaned_data["place"]]
        answers = self.charted(line)
        answers.pop("place")
        return {**answers, "asset": asset}


class JointForm(ChartedForm):
    """Several measures of one line, watched together by a MEWMA."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("What they show together: the drive, the cooling, the line"),
    )
    parts = forms.MultipleChoiceField(
        label=_("Measures that are watched together"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "2 to 12 measures of one line. Best are those that go together: power and air, heat and load."
        ),
    )
    kind = forms.ChoiceField(label=_("What is it?"), choices=MeasureKind)
    field_order = ("name", "parts", "kind", "weeks", "reference_size")

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reference_size"].help_text = _(
            "The first steps in which every part has a value teach what is normal; more of them make the "
            "limit surer."
        )
        mine = lines_for(person=by, action="measure.edit")
        candidates = Measure.objects.filter(line__in=mine, ended_at=None).exclude(chart=ChartKind.MEWMA)
        self.candidates = {
            str(one.pk): one
            for one in candidates.select_related("line", "asset").order_by(
                "line__order", "asset__name", "key"
            )
        }
        self.fields["parts"].choices = [  # type: ignore[attr-defined]
            (key, f"{one} · {one.place}, {one.line}" if one.asset else f"{one} · {one.line}")
            for key, one in self.candidates.items()
        ]

    @property
    def few(self) -> bool:
        """There is nothing yet to be watched together."""
        return len(self.candidates) < 2

    @property
    def given(self) -> dict[str, Any]:
        """As ``measure_add`` takes it: of the machine that all parts have, otherwise of the line."""
        parts = [self.candidates[key] for key in self.cleaned_data["parts"]]
        assets = {one.asset for one in parts}
        asset = assets.pop() if len(assets) == 1 else None
        return {**self.charted(parts[0].line), "parts": parts, "asset": asset}


class ValueForm(forms.Form):
    """A value of now, as the measure's chart takes it: a number, a subgroup, or a count."""

    def __init__(self, *args: Any, chart: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chart = chart
        if chart in SUBGROUPED:
            self.fields["values"] = forms.CharField(
                label=_("Readings of the subgroup"),
                help_text=_("2 to 25 numbers, with spaces between them"),
            )
        elif chart in (*SIZED, "c"):
            self.fields["count"] = forms.IntegerField(
                label=_("Not in order") if chart in ("p", "np") else _("Faults"), min_value=0
            )
            if chart in SIZED:
                self.fields["size"] = forms.FloatField(label=_("Of how many"), min_value=0)
        else:
            self.fields["value"] = forms.FloatField(label=_("Value now"))

    @property
    def given(self) -> Given:
        """ValueUnfit for what does not fit the chart."""
        answers = self.cleaned_data
        if "values" in answers:
            return subgroup(self.chart, answers["values"])
        if "count" in answers:
            return counted(self.chart, answers["count"], answers.get("size"))
        return Given(answers["value"])

    def clean_values(self) -> list[float]:
        """Numbers with spaces or semicolons between them; a comma is a decimal one."""
        try:
            return [
                float(one.replace(",", ".")) for one in self.cleaned_data["values"].replace(";", " ").split()
            ]
        except ValueError:
            raise forms.ValidationError(
                _("Write numbers with spaces between them, like 12.1 12.3 12.2.")
            ) from None


class ValuesForm(forms.Form):
    table = forms.FileField(
        label=_("Table of values"),
        help_text=_(
            "A file with a column of times and one of values, as you export it; at most 5,000 rows. Times"
            " without a zone are the site's."
        ),
    )


class DeedForm(forms.Form):
    """One of several on a page: its fields have ids of their own, so that each label finds its field."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"auto_id": f"id_{type(self).__name__.lower()}_%s", **more})


class SpecForm(DeedForm):
    spec_low = forms.FloatField(label=_("Lower limit of the drawing"), required=False)
    spec_high = forms.FloatField(label=_("Upper limit of the drawing"), required=False)
    reason = forms.CharField(label=_("Which drawing, and why"), max_length=500)


class RelearnForm(DeedForm):
    since = forms.DateTimeField(label=_("Since when is the new level normal?"))
    reason = forms.CharField(
        label=_("Why is it normal?"), max_length=500, help_text=_("A new tool, another material, a set point")
    )


class UndoNormalForm(DeedForm):
    reason = forms.CharField(label=_("Why was it wrong?"), max_length=500)
