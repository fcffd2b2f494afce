"""Bringing a table."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mlops_portal.above.onboarding.selectors import asset_types_all, import_is_on
from mlops_portal.foundation.plant.models import AssetType, Site

ACCEPT = ".csv,.tsv,.txt,.data,.dat,.gz,.bz2,.xz,.zst,.zip,.parquet"
TEMPLATES = [("", gettext_lazy("None")), ("additive", gettext_lazy("Additive manufacturing"))]
COLUMNS = ("target", "time", "part", "line")


class FileForm(forms.Form):
    """A file, or where it lies on the server."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy("CSV, TSV or Parquet, also compressed: one part or moment a row."),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
    )
    path = forms.CharField(
        label=gettext_lazy("Or a file on the server"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Its path below the folder that your administrator opened for tables."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not import_is_on():
            del self.fields["path"]
            self.fields["file"].required = True

    held = ""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        chosen = bool(given.get("file")) + bool(given.get("path"))
        if not self.errors and "path" in self.fields and chosen != 1 and not (self.held and not chosen):
            self.add_error("file", _("Choose a file."))
        return given


class UploadForm(FileForm):
    """``asset_type`` or, where there is none yet, ``type_name``. ``held``: the name of a file that came with
    a form which could not be taken; it need not be sent again."""

    field_order = ("name", "site", "asset_type", "type_name", "file", "path", "template", *COLUMNS)
    name = forms.CharField(
        label=gettext_lazy("Name of the model"),
        max_length=120,
        help_text=gettext_lazy("As people on the line would call it, for example “Weld seams”."),
    )
    site = forms.ModelChoiceField(label=gettext_lazy("Site"), queryset=Site.objects.none(), empty_label=None)
    asset_type = forms.ModelChoiceField(
        label=gettext_lazy("Kind of machine"),
        queryset=AssetType.objects.none(),
        required=False,
        empty_label=gettext_lazy("Another one, named below"),
    )
    type_name = forms.CharField(
        label=gettext_lazy("New kind of machine"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Where it is not in the list above."),
    )
    template = forms.ChoiceField(
        label=gettext_lazy("Template"),
        choices=TEMPLATES,
        required=False,
        help_text=gettext_lazy("Knows what columns are usually called, their units and words."),
    )
    target = forms.CharField(label=gettext_lazy("Target column"), max_length=1_000, required=False)
    time = forms.CharField(label=gettext_lazy("Time column"), max_length=1_000, required=False)
    part = forms.CharField(label=gettext_lazy("Part id column"), max_length=1_000, required=False)
    line = forms.CharField(label=gettext_lazy("Machine column"), max_length=1_000, required=False)

    def __init__(self, *args: Any, sites: list[Site], held: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = held
        if held:
            self.fields["file"].required = False
        self.fields["site"].queryset = Site.objects.filter(pk__in=[one.pk for one in sites])  # type: ignore[attr-defined]
        self.fields["asset_type"].queryset = asset_types_all()  # type: ignore[attr-defined]
        if not asset_types_all().exists():
            del self.fields["asset_type"]
            self.fields["type_name"].required = True
            self.fields["type_name"].label = gettext_lazy("Kind of machine")
            self.fields["type_name"].help_text = ""
        else:
            for name in ("asset_type", "type_name"):
                self.fields[name].one_of_several = True  # type: ignore[attr-defined]  # see ui_forms.field
        if len(sites) == 1:
            self.fields["site"].initial = sites[0]
            self.fields["site"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if (
            "asset_type" in self.fields
            and not given.get("asset_type")
            and not (given.get("type_name") or "").strip()
        ):
            self.add_error("type_name", _("Choose a kind of machine, or name a new one."))
        return given

    @property
    def main(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in COLUMNS and not self[name].is_hidden]

    @property
    def folded(self) -> list[forms.BoundField]:
        return [self[name] for name in COLUMNS]

    @property
    def asked(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in (*COLUMNS, "template")}
