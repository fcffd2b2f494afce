"""Reasons through the API: the same rights and the same words as the pages."""

from __future__ import annotations

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from explain.selectors import compare, comparison_for, reasons_for
from explain.selectors.access import alert_for, prediction_for, version_for
from explain.selectors.explained import Explained
from explain.selectors.stored import ALERT, PART
from explain.serializers import ComparisonOut, ExplanationOut
from explain.services import part_ask
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.registry.selectors import champion_of
from mlops_portal.foundation.wire.errors import NotFound


def person_of(request: Request) -> Person:
    """Whoever is behind the session or the token; permission classes have let only people in."""
    if not isinstance(request.user, Person):
        raise TypeError("this view needs IsAuthenticated")
    return request.user


def _answer(explained: Explained | None) -> Response:
    if explained is None:
        raise NotFound(_("This was not explained yet; ask for it, or try again in a moment."))
    return Response(ExplanationOut(explained).data)


class PartExplanation(APIView):
    @extend_schema(responses=ExplanationOut, operation_id="part_explanation")
    def get(self, request: Request, pk: str) -> Response:
        """Why the model says what it says about a part."""
        subject = prediction_for(person=person_of(request), pk=pk)
        return _answer(reasons_for(subject.version, PART, subject.pk))

    @extend_schema(request=None, responses={202: None}, operation_id="part_explanation_ask")
    def post(self, request: Request, pk: str) -> Response:
        """Have a part explained; again changes nothing."""
        by = person_of(request)
        part_ask(by=by, prediction=prediction_for(person=by, pk=pk))
        return Response(status=202)


class AlertExplanation(APIView):
    @extend_schema(responses=ExplanationOut, operation_id="alert_explanation")
    def get(self, request: Request, pk: int) -> Response:
        """What the model leans on since an alert began."""
        subject = alert_for(person=person_of(request), pk=pk)
        return _answer(reasons_for(subject.judged_by, ALERT, subject.pk))


class VersionComparison(APIView):
    @extend_schema(responses=ComparisonOut, operation_id="version_comparison")
    def get(self, request: Request, model: str, number: int) -> Response:
        """What a version leans on, beside the version that runs."""
        version = version_for(person=person_of(request), model=model, number=number)
        champion = champion_of(version.model)
        subject = comparison_for(champion, version) if champion else None
        if champion is None or subject is None:
            raise NotFound(_("This version was not compared with the one that runs yet."))
        shown = {
            "champion": champion.number,
            "challenger": version.number,
            "sentence": subject.sentence,
            "refused": subject.refused,
            "rows": subject.row.rows,
            "changes": compare(champion, version),
        }
        return Response(ComparisonOut(shown).data)
