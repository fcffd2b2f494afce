"""Questions and answers: asking, the next one, answering, settling, disputing."""

from __future__ import annotations

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.models import Label, LabelRequest
from labeling.rules.taps import Sent
from labeling.selectors.afterwards import afterwards
from labeling.selectors.answers import fates, labels_of
from labeling.selectors.queue import requests_all
from labeling.serializers.requests import (
    AnsweredOut,
    AnswerIn,
    AskIn,
    DisputeIn,
    DoubtIn,
    FateOut,
    LabelOut,
    NextIn,
    RequestOut,
    SettleIn,
)
from labeling.services import (
    label_answer,
    label_dispute,
    label_next,
    label_settle,
    label_undo,
    lease_release,
    reason_doubt,
    requests_ask,
)
from mlops_portal.foundation.directory.api.base import Things, gone
from mlops_portal.foundation.plant.models import Line
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.registry.selectors import champion_for, champion_of
from mlops_portal.foundation.shell.api.serializers import JobOut
from mlops_portal.foundation.wire.errors import Invalid, NotFound
from monitoring.models import Alert


class LabelRequests(Things):
    """What lines are asked. ``next`` hands one question to one person."""

    queryset = LabelRequest.objects.order_by("-asked_at", "id")
    serializer_class = RequestOut
    filter_backends = ()
    lookup_field = "pk"
    lookup_value_regex = r"[0-9a-f-]{36}"
    ordering = ("-asked_at", "id")  # type: ignore[assignment]  # the base leaves it to each list

    def visible(self) -> QuerySet[LabelRequest]:
        lines = [lines_for(person=self.person, action=one) for one in ("label.answer", "label.ask")]
        return requests_all().filter(line__in=lines[0] | lines[1]).order_by("-asked_at", "id")

    @extend_schema(request=AskIn, responses={202: JobOut}, operation_id="label_requests_ask")
    def create(self, request: Request) -> Response:
        """Ask a line about parts: since an alert, or of a model. The job chooses them."""
        guard(self.person, "label.ask")
        asked = AskIn(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        alert, version, line = self._of(given)
        job = requests_ask(
            by=self.person, alert=alert, version=version, line=line,
            count=given["count"], by_chance=given["by_chance"],
        )  # fmt: skip
        return Response(JobOut(job).data, status=202)

    def _of(self, given: dict[str, object]) -> tuple[Alert | None, ModelVersion, Line]:
        if (number := given.get("alert")) is not None:
            lines = lines_for(person=self.person, action="alert.view")
            alerts = Alert.objects.select_related("asset__line__site", "version__model")
            alert = get_object_or_404(alerts.filter(asset__line__in=lines, version__isnull=False), pk=number)
            return alert, champion_for(alert.machine) or alert.judged_by, alert.line
        line, model = given.get("line"), given.get("model")
        if not isinstance(line, Line) or model is None:
            raise Invalid(_("Name an alert, or a line and a model."))
        version = champion_of(model)  # type: ignore[arg-type]  # the serializer's model
        if version is None:
            raise NotFound(_("No machine runs a version of %(model)s yet.") % {"model": model})
        return None, version, line

    @extend_schema(request=NextIn, responses={200: RequestOut, 204: None}, operation_id="label_requests_next")
    @action(detail=False, methods=["post"])
    def next(self, request: Request) -> Response:
        """The question that is with me on a line, else the next one; 204: nothing waits."""
        guard(self.person, "label.answer")
        asked = NextIn(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        held = label_next(by=self.person, line=asked.validated_data["line"])
        return Response(status=204) if held is None else self.shown(held, status=200)

    @extend_schema(request=AnswerIn, responses={201: AnsweredOut}, operation_id="label_requests_answer")
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """Answer a question; what the model said comes with the answer."""
        given = AnswerIn(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        sent = (
            Sent(values["key"], values["ticket"], values["tapped_at"], values["sent_at"])
            if "key" in values
            else None
        )
        label, undo = label_answer(
            by=self.person,
            request=self.get_object(),
            answer=values["answer"],
            seconds=values["seconds"],
            reason=values["reason"],
            mark=values["mark"],
            sent=sent,
        )
        after, clock = afterwards(label), sent.clock(timezone.now()) if sent else None
        shown = {
            "undo": undo,
            "said": after.text,
            "agree": after.agree,
            "reasons": [{"feature": one.feature, "sentence": one.sentence} for one in after.reasons],
            "clock_off": clock.clock_off.total_seconds() if clock else 0.0,
        }
        return Response({**LabelOut(label).data, **shown}, status=201)

    @extend_schema(request=None, responses={204: None}, operation_id="label_requests_release")
    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: str) -> Response:
        """Give a question back unanswered."""
        lease_release(by=self.person, request=self.get_object())
        return gone()

    @extend_schema(request=SettleIn, responses={201: LabelOut}, operation_id="label_requests_settle")
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, pk: str) -> Response:
        """An expert's word on what is disputed or was handed on."""
        given = SettleIn(data=request.data)
        given.is_valid(raise_exception=True)
        label = label_settle(by=self.person, request=self.get_object(), answer=given.validated_data["answer"])
        return Response(LabelOut(label).data, status=201)

    @extend_schema(request=DisputeIn, responses={204: None}, operation_id="label_requests_dispute")
    @action(detail=True, methods=["post"])
    def dispute(self, request: Request, pk: str) -> Response:
        """Doubt an answer that stands."""
        given = DisputeIn(data=request.data)
        given.is_valid(raise_exception=True)
        label_dispute(by=self.person, request=self.get_object(), reason=given.validated_data["reason"])
        return gone()


class Labels(Things):
    """My answers, newest first, each with what became of it."""

    view_action = "label.answer"
    queryset = Label.objects.order_by("-at", "id")
    serializer_class = FateOut
    filter_backends = ()
    lookup_field = "pk"
    lookup_value_regex = r"[0-9a-f-]{36}"
    ordering = ("-at", "id")  # type: ignore[assignment]  # the base leaves it to each list

    def visible(self) -> QuerySet[Label]:
        return labels_of(person=self.person).order_by("-at", "id")

    def list(self, request: Request, *args: object, **kwargs: object) -> Response:
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(FateOut(fates(list(page), person=self.person), many=True).data)

    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        return Response(FateOut(fates([self.get_object()], person=self.person)[0]).data)

    @extend_schema(request=None, responses={204: None}, operation_id="labels_undo")
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """Take an answer back, until a model was trained on it."""
        label_undo(by=self.person, label=self.get_object())
        return gone()

    @extend_schema(request=DoubtIn, responses={204: None}, operation_id="labels_doubt")
    @action(detail=True, methods=["post"])
    def doubt(self, request: Request, pk: str) -> Response:
        """Say that a reason of the model is wrong; again changes nothing."""
        given = DoubtIn(data=request.data)
        given.is_valid(raise_exception=True)
        reason_doubt(by=self.person, label=self.get_object(), feature=given.validated_data["feature"])
        return gone()
