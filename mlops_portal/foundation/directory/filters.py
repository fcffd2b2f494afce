"""What lists of people and places can be narrowed by, on pages and in the API alike."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters.widgets import BooleanWidget

from mlops_portal.foundation.plant.models import (
    Asset,
    AssetType,
    ClosedDay,
    Line,
    Node,
    Person,
    PersonSkill,
    RoleAssignment,
    Shift,
    Skill,
)
from mlops_portal.foundation.plant.roles import Role

ALL = _("All")


class YesNo(BooleanWidget):
    """django-filter calls “not asked” unknown."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.choices = [("", ALL), ("true", _("Yes")), ("false", _("No"))]


class PeopleFilter(filters.FilterSet):
    """Role and line are asked of one role held: an operator of line 1 is no operator of line 2."""

    role = filters.ChoiceFilter(label=_("Role"), choices=Role, method="held", empty_label=ALL)
    line = filters.ModelChoiceFilter(
        label=_("Line"), queryset=Line.objects.all(), to_field_name="slug", method="held", empty_label=ALL
    )
    skill = filters.ModelChoiceFilter(
        label=_("Skill"),
        queryset=Skill.objects.all(),
        to_field_name="slug",
        method="skilled",
        empty_label=ALL,
    )
    is_active = filters.BooleanFilter(label=_("Active"), widget=YesNo)

    class Meta:
        model = Person
        fields = ["role", "line", "skill", "is_active"]

    def held(self, people: QuerySet[Person], name: str, value: object) -> QuerySet[Person]:
        chosen = self.form.cleaned_data
        if name == "line" and chosen.get("role"):
            return people  # the filter by role did both
        assignments = RoleAssignment.objects.filter(ended_at=None).filter(
            Q(until=None) | Q(until__gt=timezone.now())
        )
        if role := chosen.get("role"):
            assignments = assignments.filter(role=role)
        if line := chosen.get("line"):
            assignments = assignments.filter(Q(line=line) | Q(line=None, site=line.site_id))
        return people.filter(pk__in=assignments.values("person"))

    def skilled(self, people: QuerySet[Person], name: str, value: Skill) -> QuerySet[Person]:
        held = PersonSkill.objects.filter(skill=value, ended_at=None, expires_at__gt=timezone.now())
        return people.filter(pk__in=held.values("person"))


class AssetFilter(filters.FilterSet):
    line = filters.ModelChoiceFilter(
        label=_("Line"), queryset=Line.objects.all(), to_field_name="slug", empty_label=ALL
    )
    type = filters.ModelChoiceFilter(
        label=_("Type"), queryset=AssetType.objects.all(), to_field_name="slug", empty_label=ALL
    )
    node = filters.ModelChoiceFilter(
        label=_("Edge node"), queryset=Node.objects.all(), to_field_name="slug", empty_label=ALL
    )

    class Meta:
        model = Asset
        fields = ["line", "type", "node"]


class NodeFilter(filters.FilterSet):
    line = filters.ModelChoiceFilter(
        label=_("Line"), queryset=Line.objects.all(), to_field_name="slug", empty_label=ALL
    )
    enrolled = filters.BooleanFilter(
        label=_("Enrolled"), field_name="enrolled_at", lookup_expr="isnull", exclude=True, widget=YesNo
    )

    class Meta:
        model = Node
        fields = ["line", "enrolled"]


class LineFilter(filters.FilterSet):
    site = filters.CharFilter(label=_("Site"), field_name="site__slug")

    class Meta:
        model = Line
        fields = ["site"]


class ShiftFilter(filters.FilterSet):
    site = filters.CharFilter(label=_("Site"), field_name="site__slug")

    class Meta:
        model = Shift
        fields = ["site"]


class ClosedDayFilter(filters.FilterSet):
    site = filters.CharFilter(label=_("Site"), field_name="site__slug")
    line = filters.CharFilter(label=_("Line"), field_name="line__slug")
    day = filters.DateFromToRangeFilter(label=_("Day"))

    class Meta:
        model = ClosedDay
        fields = ["site", "line", "day"]


class RoleFilter(filters.FilterSet):
    person = filters.UUIDFilter(label=_("Person"), field_name="person_id")
    role = filters.ChoiceFilter(label=_("Role"), choices=Role)
    site = filters.CharFilter(label=_("Site"), field_name="site__slug")
    line = filters.CharFilter(label=_("Line"), field_name="line__slug")
    ended = filters.BooleanFilter(label=_("Ended"), field_name="ended_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = RoleAssignment
        fields = ["person", "role", "site", "line", "ended"]


class PersonSkillFilter(filters.FilterSet):
    person = filters.UUIDFilter(label=_("Person"), field_name="person_id")
    skill = filters.CharFilter(label=_("Skill"), field_name="skill__slug")
    expires_before = filters.IsoDateTimeFilter(
        label=_("Expires before"), field_name="expires_at", lookup_expr="lt"
    )
    ended = filters.BooleanFilter(label=_("Ended"), field_name="ended_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = PersonSkill
        fields = ["person", "skill", "expires_before", "ended"]
