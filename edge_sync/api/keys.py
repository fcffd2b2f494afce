"""What nodes know of people and keys, and the demo's ceremony."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from edge_sync.errors import NotPublished
from edge_sync.keys.demo import is_demo
from edge_sync.selectors.roster import pending, signed
from edge_sync.serializers.keys import CeremonyIn, KeysOut
from edge_sync.services.ceremony import ceremony_hold, plan_all, plan_digest
from mlops_portal.foundation.plant.models import Line, Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.shell.pages.signed_in import person_of


class Keys(APIView):
    @extend_schema(responses=KeysOut, operation_id="keys")
    def get(self, request: Request) -> Response:
        """The rosters of the lines that one may see, and what waits for the next ceremony."""
        by = person_of(request)
        guard(by, "people.view")
        return Response(KeysOut(_told(by)).data)


class Ceremony(APIView):
    @extend_schema(request=CeremonyIn, responses=KeysOut, operation_id="keys_ceremony")
    def post(self, request: Request) -> Response:
        """Hold the ceremony with the demo's offline keys; refused everywhere but at the demo plant."""
        asked = CeremonyIn(data=request.data)
        asked.is_valid(raise_exception=True)
        by, now = person_of(request), timezone.now()
        said = asked.validated_data
        planned = plan_all(now=now, recover=said["recover"])
        ceremony_hold(by=by, planned=planned, now=now, shown=said["shown"])
        return Response(KeysOut(_told(by)).data)


def _told(by: Person) -> dict[str, Any]:
    now = timezone.now()
    may = is_demo() and by.may("keys.ceremony")
    return {
        "lines": [_line(one, now) for one in lines_for(person=by)],
        "shown": plan_digest(plan_all(now=now)) if may else "",
    }


def _line(line: Line, now: Any) -> dict[str, Any]:
    try:
        roster = signed(line)
    except NotPublished:
        roster = None
    return {
        "line": line.slug,
        "version": roster.version if roster else None,
        "expires": roster.expires if roster else None,
        "waits": [change.text for change in pending(line, now=now)],
    }
