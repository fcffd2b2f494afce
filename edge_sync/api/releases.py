"""Releases: read them, pause, let go on, halt. None is made here: they follow approvals."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from edge_sync.errors import ReleaseNeedsApproval
from edge_sync.models import Release
from edge_sync.selectors.releases import releases_for
from edge_sync.serializers import ReasonIn, ReleaseOut
from edge_sync.serializers.releases import BackIn, BackOut
from edge_sync.services.control import release_halt, release_pause, release_resume
from edge_sync.services.going_back import release_go_back
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard


class Releases(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Release]):
    serializer_class = ReleaseOut
    queryset = Release.objects.none()
    filterset_fields = ("state",)
    ordering = ("-created_at", "-pk")

    @property
    def person(self) -> Person:
        person: Person = self.request.user  # type: ignore[assignment]  # IsAuthenticated has seen to it
        return person

    def get_queryset(self) -> QuerySet[Release]:
        if getattr(self, "swagger_fake_view", False):  # the schema is drawn without a person
            return super().get_queryset()
        guard(self.person, "release.view")
        return releases_for(person=self.person)

    @extend_schema(request=None, responses=ReleaseOut)
    def create(self, request: Request) -> Response:
        """Always refused: a release follows an approval that named people signed, and nothing else."""
        raise ReleaseNeedsApproval(
            _("A release is made when an approval has all its signatures; ask for approval of a candidate.")
        )

    def _control(self, do: Callable[..., Release]) -> Response:
        asked = ReasonIn(data=self.request.data)
        asked.is_valid(raise_exception=True)
        release = do(by=self.person, release=self.get_object(), **asked.validated_data)
        return Response(ReleaseOut(release).data)

    @extend_schema(request=ReasonIn, responses=ReleaseOut)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:
        """No further machine gets it until somebody lets it go on."""
        return self._control(release_pause)

    @extend_schema(request=ReasonIn, responses=ReleaseOut)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Let a paused release go on."""
        return self._control(release_resume)

    @extend_schema(request=ReasonIn, responses=ReleaseOut)
    @action(detail=True, methods=["post"])
    def halt(self, request: Request, pk: str) -> Response:
        """Stop it for good; machines that have it keep it."""
        return self._control(release_halt)

    @extend_schema(request=BackIn, responses={201: BackOut})
    @action(detail=True, methods=["post"])
    def back(self, request: Request, pk: str) -> Response:
        """Ask people to approve what ran before on its machines, under new release numbers."""
        asked = BackIn(data=request.data)
        asked.is_valid(raise_exception=True)
        approval = release_go_back(by=self.person, release=self.get_object(), **asked.validated_data)
        return Response(BackOut({"approval": approval.pk, "version": approval.version}).data, status=201)
