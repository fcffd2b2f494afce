"""Forms about people."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.directory.forms.fields import PlaceField
from mlops_portal.foundation.plant.matrix import Action
from mlops_portal.foundation.plant.models import Person, Skill
from mlops_portal.foundation.plant.roles import Role


def end_of(day: date) -> datetime:
    """The last second of a day in the zone of the person who chose it, in UTC."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=timezone.get_current_timezone()).astimezone(UTC)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role)
    until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput,
        help_text=_("The last day of the role. Empty: until somebody ends it."),
    )

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"] = PlaceField(person=by, action="role.grant")
        self.order_fields(["role", "place", "until"])


class SkillForm(forms.Form):
    skill = forms.ModelChoiceField(
        label=_("Skill"), queryset=Skill.objects.all(), to_field_name="slug", empty_label=None
    )
    expires = forms.DateField(
        label=_("Expires"),
        required=False,
        widget=forms.DateInput,
        help_text=_("The last day on which it counts. Empty: as long as the skill usually lasts."),
    )


class InvitationForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("As it is printed on what the person signs.")
    )
    email = forms.EmailField(
        label=_("Mail"), required=False, help_text=_("Empty: you hand over the link yourself.")
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"] = PlaceField(person=by, action="people.invite")
        self.order_fields(["name", "email", "role", "place", "language"])


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("What uses it, for example: notebook of line 2.")
    )
    expires = forms.DateField(
        label=_("Expires"),
        widget=forms.DateInput,
        help_text=_("The last day on which it works; one year at most."),
    )

    def __init__(self, *args: Any, actions: list[Action], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"] = forms.MultipleChoiceField(
            label=_("What it may do"),
            choices=[(action.key, action.title) for action in actions],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choose at least one action.")},
        )
