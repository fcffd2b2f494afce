"""The API of what every person has: who I am, what I was told, what I have running."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.services.people import preferences_set
from mlops_portal.foundation.shell.api import serializers
from mlops_portal.foundation.shell.api.query import asked
from mlops_portal.foundation.shell.models import Job, Notification
from mlops_portal.foundation.shell.notices import notifications
from mlops_portal.foundation.shell.registries import undo
from mlops_portal.foundation.shell.work.jobs import job_cancel


def person_of(request: Request) -> Person:
    """Whoever is behind the session or the token; permission classes have let only people in."""
    if not isinstance(request.user, Person):
        raise TypeError("this view needs IsAuthenticated")
    return request.user


class MeView(APIView):
    @extend_schema(responses=serializers.Me, operation_id="me")
    def get(self, request: Request) -> Response:
        """Who I am, my roles, and how I like my pages."""
        return Response(serializers.Me(person_of(request)).data)

    @extend_schema(request=serializers.Me, responses=serializers.Me, operation_id="me_change")
    def patch(self, request: Request) -> Response:
        """Change language, theme or time zone."""
        person = person_of(request)
        wish = serializers.Me(person, data=request.data, partial=True)
        wish.is_valid(raise_exception=True)
        if wish.validated_data:
            preferences_set(person=person, **wish.validated_data)
        return Response(serializers.Me(person).data)


@extend_schema_view(
    get=extend_schema(parameters=[serializers.NotificationQuery], operation_id="notifications")
)
class NotificationList(generics.ListAPIView[Notification]):
    """What I was told, newest first."""

    serializer_class = serializers.NotificationOut
    filter_backends = ()
    queryset = Notification.objects.none()
    ordering = "-id"

    def get_queryset(self) -> QuerySet[Notification]:
        given = asked(serializers.NotificationQuery, self.request)
        return notifications.notifications_of(
            person=person_of(self.request), unread=given.get("unread", False)
        )


class NotificationRead(APIView):
    @extend_schema(request=None, responses={200: serializers.Undo}, operation_id="notification_read")
    def post(self, request: Request, pk: int) -> Response:
        """Mark one as read; again changes nothing."""
        return Response({"undo": notifications.notification_read(by=person_of(request), notification_id=pk)})


class NotificationReadAll(APIView):
    @extend_schema(request=None, responses={200: serializers.Undo}, operation_id="notifications_read")
    def post(self, request: Request) -> Response:
        """Mark all as read."""
        return Response({"undo": notifications.notifications_read_all(by=person_of(request))})


class NotificationPreferences(APIView):
    @extend_schema(
        responses=serializers.NotificationPreferenceOut(many=True), operation_id="notification_preferences"
    )
    def get(self, request: Request) -> Response:
        """How I hear of each kind of notice."""
        return Response(self._shown(person_of(request)))

    @extend_schema(
        request=serializers.NotificationPreferenceOut,
        responses=serializers.NotificationPreferenceOut(many=True),
        operation_id="notification_preference_set",
    )
    def put(self, request: Request) -> Response:
        """Choose how I hear of one kind."""
        wish = serializers.NotificationPreferenceOut(data=request.data)
        wish.is_valid(raise_exception=True)
        person = person_of(request)
        notifications.notification_preference_set(by=person, **wish.validated_data)
        return Response(self._shown(person))

    def _shown(self, person: Person) -> list[dict[str, Any]]:
        return [
            {
                "kind": kind.key,
                "label": str(kind.label),
                "page": chosen.page,
                "mail": chosen.mail,
                "webhook": chosen.webhook,
            }
            for kind, chosen in notifications.preferences_of(person=person)
        ]

    def get_serializer_class(self) -> Any:
        return serializers.NotificationPreferenceOut


class UndoView(APIView):
    @extend_schema(request=serializers.Undo, responses={204: None}, operation_id="undo")
    def post(self, request: Request) -> Response:
        """Take back what was just done, with the undo that it handed out."""
        wish = serializers.Undo(data=request.data)
        wish.is_valid(raise_exception=True)
        undo.run(by=person_of(request), token=wish.validated_data["undo"])
        return Response(status=204)


@extend_schema_view(get=extend_schema(operation_id="jobs"))
class JobList(generics.ListAPIView[Job]):
    """Long work that I started, newest first."""

    serializer_class = serializers.JobOut
    filter_backends = ()
    queryset = Job.objects.none()
    ordering = ("-created", "-id")

    def get_queryset(self) -> QuerySet[Job]:
        return Job.objects.filter(by=person_of(self.request))


class JobView(APIView):
    @extend_schema(responses=serializers.JobOut, operation_id="job")
    def get(self, request: Request, pk: UUID) -> Response:
        """How far one job is."""
        return Response(serializers.JobOut(get_object_or_404(Job, pk=pk, by=person_of(request))).data)


class JobCancel(APIView):
    @extend_schema(request=None, responses={200: serializers.JobOut}, operation_id="job_cancel")
    def post(self, request: Request, pk: UUID) -> Response:
        """End a job: at once while it waits, at its next step while it works."""
        return Response(serializers.JobOut(job_cancel(by=person_of(request), job_id=pk)).data)
