"""Forms: label, hint, input and error of a field, tied together for screen readers."""

from __future__ import annotations

from typing import Any

from django import forms, template
from django.forms import BoundField
from django.template.base import Node, Parser, Token
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.shell.pages.kept_input import MARK, mark_of

register = template.Library()
Context = dict[str, Any]
NATIVE = {
    forms.DateTimeInput: ("datetime-local", "%Y-%m-%dT%H:%M"),
    forms.DateInput: ("date", "%Y-%m-%d"),
    forms.TimeInput: ("time", "%H:%M"),
}


def _kind(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checkboxes"
    return "radio" if isinstance(widget, forms.RadioSelect) else "input"


def _go_native(widget: forms.Widget) -> None:
    """Dates and times use the browser's own picker, which wants ISO form whatever the language."""
    for kind, (input_type, iso) in NATIVE.items():
        if type(widget) is kind and isinstance(
            widget, forms.DateTimeInput | forms.DateInput | forms.TimeInput
        ):
            widget.input_type = input_type
            widget.format = iso


def _say_all(choice: forms.ChoiceField) -> None:
    """Django and django-filter call no choice “---------”."""
    if isinstance(choice, forms.ModelChoiceField):
        choice.empty_label = gettext("All")
        return
    choices: list[tuple[Any, Any]] = list(choice.widget.choices)
    if choices and not choices[0][0] and set(str(choices[0][1])) == {"-"}:
        choice.choices = [("", gettext("All")), *choices[1:]]


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, label: str = "", hint: str = "", narrows: bool = False, **extra: str) -> Context:
    """{% field form.name %}; ``label`` and ``hint`` override the form's; other attributes go to the input.

    ``narrows``: a filter of a table, where “(optional)” says nothing and no choice means all.
    """
    kind = _kind(bound)
    _go_native(bound.field.widget)
    if narrows and isinstance(bound.field, forms.ChoiceField):
        _say_all(bound.field)
    hint = hint or str(bound.help_text)
    described = [f"{bound.auto_id}_hint"] if hint else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    attrs: dict[str, Any] = {name.replace("_", "-"): value for name, value in extra.items()}
    if kind in ("input", "checkbox"):
        if described:
            attrs["aria-describedby"] = " ".join(described)
        if bound.errors:
            attrs["aria-invalid"] = "true"
    return {
        "bound": bound,
        "kind": kind,
        "label": label or bound.label,
        "hint": hint,
        "described": " ".join(described),
        "input": bound.as_widget(attrs=attrs) if kind in ("input", "checkbox") else "",
        "options": list(bound.subwidgets) if kind in ("radio", "checkboxes") else [],
        "optional": _is_optional(bound) and kind == "input" and not narrows,
    }


def _is_optional(bound: BoundField) -> bool:
    """Not so where the form needs one of several fields, whichever it is (``one_of_several``)."""
    return not bound.field.required and not getattr(bound.field, "one_of_several", False)


class FormMarks(CsrfTokenNode):
    """Django's own token, and whose form it is, so that what they type survives the end of their session."""

    def render(self, context: template.Context) -> SafeString:
        token = mark_safe(super().render(context))  # noqa: S308 - Django's own input
        person = getattr(getattr(context, "request", None), "user", None)
        if not token or not isinstance(person, Person):
            return token
        return format_html('{}<input type="hidden" name="{}" value="{}">', token, MARK, mark_of(person))


@register.tag
def csrf_token(parser: Parser, token: Token) -> Node:
    """{% csrf_token %}, as everywhere in Django."""
    return FormMarks()


@register.inclusion_tag("components/fields.html")
def fields(form: forms.BaseForm) -> Context:
    """The error summary, then every field of the form in order; hidden ones too."""
    return {"form": form, "hidden": form.hidden_fields(), "visible": form.visible_fields()}


@register.inclusion_tag("components/error_summary.html")
def errors(form: forms.BaseForm) -> Context:
    """What is wrong with the form, each line a link to its field; nothing while nothing is wrong."""
    return {"form": form, "bound_fields": [bound for bound in form if bound.errors] if form.is_bound else []}
