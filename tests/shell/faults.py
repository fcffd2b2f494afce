"""Addresses at which everything goes wrong, beside the real ones."""

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from redis.exceptions import ConnectionError as RedisConnectionError
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mlops_portal import urls
from mlops_portal.foundation.wire.errors import Conflict

ERRORS = {
    "conflict": Conflict("Petra was first; look at the part again.", part="4-20611"),
    "missing": Http404(),
    "forbidden": PermissionDenied(),
    "database": OperationalError("could not connect to server at 10.0.0.7"),
    "broker": RedisConnectionError("Error 2 connecting to /run/secret.sock"),
    "fault": RuntimeError("the inside, which nobody may see"),
    "throttled": exceptions.Throttled(wait=3),
    "unsigned": exceptions.NotAuthenticated(),
    "method": exceptions.MethodNotAllowed("PURGE"),
}


def fail(request: HttpRequest, name: str) -> HttpResponse:
    raise ERRORS[name]


class Inner(serializers.Serializer):
    grade = serializers.IntegerField(max_value=5)


class Outer(serializers.Serializer):
    part = serializers.CharField()
    grades = Inner(many=True)


class Echo(APIView):
    permission_classes = ()
    count = 0

    def get(self, request: Request, name: str) -> Response:
        raise ERRORS[name]

    def post(self, request: Request, name: str) -> Response:
        asked = Outer(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response(asked.data)


urlpatterns = [
    *urls.urlpatterns,
    path("fail/<name>", fail),
    path("api/v1/fail/<name>", Echo.as_view()),
]
handler400 = urls.handler400
handler403 = urls.handler403
handler404 = urls.handler404
handler500 = urls.handler500
