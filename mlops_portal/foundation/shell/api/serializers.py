"""The shapes that the shell's API speaks."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.models.person import Theme
from mlops_portal.foundation.shell.api.query import YesNo
from mlops_portal.foundation.shell.models import Job, Notification


class FieldProblem(serializers.Serializer[Any]):
    pointer = serializers.CharField(help_text="JSON pointer (RFC 6901) to the field")
    detail = serializers.CharField()
    code = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    errors = FieldProblem(many=True, required=False)  # type: ignore[assignment]  # a field here, RFC 9457's name


class Me(serializers.Serializer[Person]):
    id = serializers.UUIDField(read_only=True)
    username = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)
    roles = serializers.SerializerMethodField()
    language = serializers.ChoiceField(choices=settings.LANGUAGES)
    theme = serializers.ChoiceField(choices=Theme.choices)
    time_zone = serializers.CharField(allow_blank=True, help_text="Empty: the time zone of the site")

    def get_roles(self, person: Person) -> list[dict[str, str | None]]:
        return [
            {"role": one.role, "site": one.site.slug, "line": one.line.slug if one.line else None}
            for one in person.assignments
        ]

    def validate_time_zone(self, value: str) -> str:
        if value and value not in zoneinfo.available_timezones():
            raise serializers.ValidationError(_("There is no time zone of this name."))
        return value


class NotificationOut(serializers.ModelSerializer[Notification]):
    text = serializers.CharField(read_only=True)

    class Meta:
        model = Notification
        fields = ["id", "kind", "text", "url", "created", "read_at"]
        read_only_fields = fields


class NotificationQuery(serializers.Serializer[Any]):
    unread = YesNo(required=False, help_text="true: only what is not read yet.")


class Undo(serializers.Serializer[Any]):
    undo = serializers.CharField(help_text="Send it to /api/v1/undo/ within ten minutes to take this back.")


class NotificationPreferenceOut(serializers.Serializer[Any]):
    kind = serializers.CharField()
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]  # a field, not this one's label
    page = serializers.BooleanField()
    mail = serializers.BooleanField()
    webhook = serializers.BooleanField()


class JobOut(serializers.ModelSerializer[Job]):
    class Meta:
        model = Job
        fields = [
            "id",
            "name",
            "title",
            "state",
            "done",
            "total",
            "message",
            "result_url",
            "created",
            "started",
            "finished",
            "cancel_asked_at",
        ]
        read_only_fields = fields
