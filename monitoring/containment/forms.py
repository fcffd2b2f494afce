"""What people fill in about parts in doubt."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.plant.models import Asset, Person
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.registry.models import RegisteredModel
from monitoring.containment.rules import LONGEST_NOTE, LONGEST_REASON
from monitoring.transitions import DispositionKind


class DoubtForm(forms.Form):
    """Which machine's parts a person doubts, since when and why."""

    asset = forms.ModelChoiceField(label=_("Machine"), queryset=Asset.objects.none(), to_field_name="slug")
    since = forms.DateTimeField(
        label=_("Since"),
        required=False,
        widget=forms.DateTimeInput,
        help_text=_("Leave it empty to begin with the last good golden check."),
    )
    until = forms.DateTimeField(
        label=_("Until"),
        required=False,
        widget=forms.DateTimeInput,
        help_text=_("Leave it empty where the cause goes on: parts judged from now on join by themselves."),
    )
    reason = forms.CharField(
        label=_("Why?"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = lines_for(person=person, action="containment.open")
        machines = Asset.objects.filter(line__in=lines, retired_at=None)
        self.fields["asset"].queryset = machines.select_related("line__site")  # type: ignore[attr-defined]  # a ModelChoiceField


class PullForm(forms.Form):
    pulled = forms.IntegerField(label=_("How many did you find and pull?"), min_value=0)


class DisposeForm(forms.Form):
    """``seen``: how many parts waited when the page was drawn."""

    kind = forms.ChoiceField(
        label=_("What becomes of them?"), choices=DispositionKind, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For a concession: who permitted it, and under which number."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class PartForm(DisposeForm):
    """One part, with what its re-inspection found where it was inspected again."""

    truth = forms.ChoiceField(label=_("Re-inspection found"), required=False, widget=forms.RadioSelect)
    field_order = ("truth", "kind", "note")

    def __init__(self, model: RegisteredModel, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["truth"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("not inspected again now")), *classes_of(model),
        ]  # fmt: skip
        self.fields["kind"].label = _("What becomes of it?")


class FoundForm(forms.Form):
    """What a re-inspection found, by who does not sign."""

    truth = forms.ChoiceField(label=_("Re-inspection found"), widget=forms.RadioSelect)

    def __init__(self, model: RegisteredModel, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["truth"].choices = classes_of(model)  # type: ignore[attr-defined]  # a ChoiceField


class BoundForm(forms.Form):
    until = forms.DateTimeField(
        label=_("The cause ended"),
        widget=forms.DateTimeInput,
        help_text=_("Parts judged later are not in doubt."),
    )
    reason = forms.CharField(
        label=_("How do you know?"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2})
    )


class WidenForm(forms.Form):
    since = forms.DateTimeField(label=_("The cause began"), widget=forms.DateTimeInput)
    reason = forms.CharField(
        label=_("How do you know?"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2})
    )


class CloseForm(forms.Form):
    """Nothing to fill in: the button is the signature."""


def classes_of(model: RegisteredModel) -> list[tuple[str, str]]:
    return [(one["key"], model.class_words(one["key"])) for one in model.classes]
