"""Retrain runs."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.models import RetrainRun
from labeling.selectors.runs import runs_all
from labeling.serializers.runs import RunIn, RunOut
from labeling.services.runs import run_cancel, run_propose, run_start, step_retry
from labeling.transitions import RunStepName
from mlops_portal.foundation.directory.api.base import Things


class Runs(Things):
    view_action = "run.view"
    queryset = RetrainRun.objects.order_by("-id")
    serializer_class = RunOut
    filter_backends = ()
    lookup_field = "pk"
    lookup_value_regex = r"[0-9]+"
    ordering = "-id"  # type: ignore[assignment]  # the base leaves it to each list

    def visible(self) -> QuerySet[RetrainRun]:
        return runs_all().order_by("-id")

    @extend_schema(request=RunIn, responses={201: RunOut})
    def create(self, request: Request) -> Response:
        """Propose to retrain a model."""
        asked = RunIn(data=request.data)
        asked.is_valid(raise_exception=True)
        return self.shown(run_propose(by=self.person, **asked.validated_data))

    @extend_schema(request=None, responses=RunOut)
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> Response:
        """Start a proposed run."""
        return self.shown(run_start(by=self.person, run=self.get_object()), status=200)

    @extend_schema(request=None, responses=RunOut)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """End a run; the step at work finishes, and nothing follows it."""
        return self.shown(run_cancel(by=self.person, run=self.get_object()), status=200)

    @extend_schema(request=None, responses=RunOut)
    @action(detail=True, methods=["post"], url_path=f"steps/(?P<name>{'|'.join(RunStepName.values)})/retry")
    def retry(self, request: Request, pk: str, name: str) -> Response:
        """Try one failed step again."""
        run = step_retry(by=self.person, run=self.get_object(), name=RunStepName(name))
        return self.shown(run, status=200)
