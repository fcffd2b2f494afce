"""References in what is sent: by short name, and only to what the sender may see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from mlops_portal.foundation.plant.models import Line, Node, Person, Site
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.selectors.places import lines_for, nodes_for, sites_for
from mlops_portal.foundation.wire.errors import NotFound


class Visible(serializers.SlugRelatedField):
    """A thing that the person may see; one that they may not see is answered as one that is not there."""

    def __init__(
        self, visible: Callable[[Person], QuerySet[Any]], *, field: str = "slug", **kwargs: Any
    ) -> None:
        self.visible = visible
        super().__init__(slug_field=field, **kwargs)

    @classmethod
    def many_init(cls, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("one thing at a time")

    def get_queryset(self) -> QuerySet[Any]:
        return self.visible(self.context["request"].user)

    def to_internal_value(self, data: Any) -> Model:
        if not isinstance(data, str):
            self.fail("invalid")
        thing = self.get_queryset().filter(**{self.slug_field or "slug": data}).first()
        if thing is None:
            person: Person = self.context["request"].user
            if person.token_scopes is not None:  # without this right nothing is there, whatever its name
                guard(person, "plant.view")
            raise NotFound(
                _("There is no %(field)s “%(value)s”, or you may not see it.")
                % {"field": self.field_name, "value": data}
            )
        return thing


def _sites(person: Person) -> QuerySet[Site]:
    return sites_for(person=person)


def _lines(person: Person) -> QuerySet[Line]:
    return lines_for(person=person)


def _nodes(person: Person) -> QuerySet[Node]:
    return nodes_for(person=person)


@extend_schema_field(OpenApiTypes.STR)
class SiteField(Visible):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("queryset", Site.objects.all())
        super().__init__(_sites, **kwargs)


@extend_schema_field(OpenApiTypes.STR)
class LineField(Visible):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("queryset", Line.objects.all())
        super().__init__(_lines, **kwargs)


@extend_schema_field(OpenApiTypes.STR)
class NodeField(Visible):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("queryset", Node.objects.all())
        super().__init__(_nodes, **kwargs)


@extend_schema_field(OpenApiTypes.UUID)
class PersonField(serializers.PrimaryKeyRelatedField):
    """Who may see people sees all of them (``people.view`` needs no place)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("queryset", Person.objects.all())
        super().__init__(**kwargs)
