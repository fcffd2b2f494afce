"""Forms about lines, machines, nodes and the calendar."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.plant.models import AssetType, Line, Node, Person, Site
from mlops_portal.foundation.plant.selectors.places import lines_for, nodes_for, sites_for

SLUG_HINT = _("Stands in addresses and in the log and stays; letters, digits and hyphens.")
WEEKDAYS = [
    ("1", _("Monday")),
    ("2", _("Tuesday")),
    ("3", _("Wednesday")),
    ("4", _("Thursday")),
    ("5", _("Friday")),
    ("6", _("Saturday")),
    ("7", _("Sunday")),
]


class NamedForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    slug = forms.SlugField(label=_("Short name"), max_length=60, help_text=SLUG_HINT)


class LineForm(NamedForm):
    site = forms.ModelChoiceField(
        label=_("Site"), queryset=Site.objects.none(), to_field_name="slug", empty_label=None
    )
    order = forms.IntegerField(label=_("Place in lists"), min_value=0, max_value=999, initial=0)

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites_for(person=by, action="plant.edit")  # type: ignore[attr-defined]


class AssetForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    type = forms.ModelChoiceField(
        label=_("Type"), queryset=AssetType.objects.all(), to_field_name="slug", empty_label=None
    )
    line = forms.ModelChoiceField(
        label=_("Line"), queryset=Line.objects.none(), to_field_name="slug", empty_label=None
    )
    node = forms.ModelChoiceField(
        label=_("Edge node"),
        queryset=Node.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=_("None"),
        help_text=_("The computer beside the machine; it stands on the same line."),
    )

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].queryset = lines_for(person=by, action="plant.edit")  # type: ignore[attr-defined]
        self.fields["node"].queryset = nodes_for(person=by)  # type: ignore[attr-defined]


class AssetAddForm(AssetForm):
    slug = forms.SlugField(label=_("Short name"), max_length=60, help_text=SLUG_HINT)
    field_order = ["name", "slug", "type", "line", "node"]


class NodeForm(NamedForm):
    line = forms.ModelChoiceField(
        label=_("Line"), queryset=Line.objects.none(), to_field_name="slug", empty_label=None
    )

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].queryset = lines_for(person=by, action="node.register")  # type: ignore[attr-defined]


class ShiftForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=40, help_text=_("The name of a shift that exists changes its hours.")
    )
    starts = forms.TimeField(label=_("Starts"), widget=forms.TimeInput)
    ends = forms.TimeField(
        label=_("Ends"), widget=forms.TimeInput, help_text=_("Before its start: on the next day.")
    )
    weekdays = forms.MultipleChoiceField(
        label=_("Starts on"), choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple
    )


class ClosedDayForm(forms.Form):
    day = forms.DateField(label=_("Day"), widget=forms.DateInput)
    line = forms.ModelChoiceField(
        label=_("Where"), queryset=Line.objects.none(), to_field_name="slug", required=False
    )
    reason = forms.CharField(label=_("Reason"), max_length=120)

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["line"]
        field.queryset = Line.objects.filter(site=site)  # type: ignore[attr-defined]
        field.empty_label = _("The whole site")  # type: ignore[attr-defined]
