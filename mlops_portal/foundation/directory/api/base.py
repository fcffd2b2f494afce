"""What the directory's resources share.

What a person may not see is answered with 404, what they see and may not do with 403 and the reason.
Serializers parse and render; every write is a service of the plant.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard


class Things(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Any]):
    """A list of things and each of them; ``view_action`` of the matrix is what one needs to look."""

    view_action: ClassVar[str | None] = None
    lookup_field = ordering = "slug"

    @property
    def person(self) -> Person:
        person: Person = self.request.user  # type: ignore[assignment]  # IsAuthenticated has seen to it
        return person

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.view_action is not None:
            guard(self.person, self.view_action)

    def visible(self) -> QuerySet[Any]:
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):  # the schema is drawn without a person
            return super().get_queryset()
        return self.visible()

    def parsed(self, **kwargs: Any) -> dict[str, Any]:
        """What was sent, checked; ValidationError otherwise."""
        serializer = self.get_serializer(data=self.request.data, **kwargs)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def shown(self, thing: Model, status: int = 201) -> Response:
        return Response(self.get_serializer(thing).data, status=status)


def gone() -> Response:
    return Response(status=204)
