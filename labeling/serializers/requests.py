"""Questions and answers as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from labeling.models import Label, LabelRequest
from labeling.selectors.question import answer_choices
from labeling.selectors.why import measure_shown, why_text
from labeling.services.asking import MOST
from labeling.transitions import CantTellWhy
from mlops_portal.foundation.directory.serializers.fields import LineField
from mlops_portal.foundation.registry.models import RegisteredModel
from monitoring.intake.selectors.parts import pictures_of


class RequestOut(serializers.ModelSerializer[LabelRequest]):
    """A question; what the model said is not among it."""

    line = serializers.CharField(source="line.slug", read_only=True)
    asset = serializers.CharField(source="row.prediction.asset.slug", read_only=True)
    part = serializers.CharField(source="row.prediction.part_id", read_only=True)
    at = serializers.DateTimeField(source="row.prediction.at", read_only=True)
    lot = serializers.CharField(source="row.prediction.lot", read_only=True)
    recipe = serializers.CharField(source="row.prediction.recipe", read_only=True)
    tool = serializers.CharField(source="row.prediction.tool", read_only=True)
    readings = serializers.JSONField(source="row.readings", read_only=True)
    state = serializers.CharField(read_only=True)
    why = serializers.SerializerMethodField()
    measure = serializers.SerializerMethodField()
    pictures = serializers.SerializerMethodField()
    answers = serializers.SerializerMethodField()

    class Meta:
        model = LabelRequest
        fields = [
            *("id", "line", "asset", "part", "at", "lot", "recipe", "tool", "readings", "pictures"),
            *("why", "measure", "inclusion_probability", "answers", "state", "for_expert", "leased_until"),
            *("asked_at", "expires_at"),
        ]
        read_only_fields = fields

    def get_why(self, request: LabelRequest) -> str:
        return why_text(request)

    def get_measure(self, request: LabelRequest) -> dict[str, Any]:
        return measure_shown(request)

    def get_pictures(self, request: LabelRequest) -> list[str]:
        return [one.url for one in pictures_of(request.row.prediction_id) if one.url]

    def get_answers(self, request: LabelRequest) -> list[str]:
        return [str(one["value"]) for one in answer_choices(request.version.model)]


class AskIn(serializers.Serializer[Any]):
    alert = serializers.IntegerField(
        required=False, help_text="Parts since this alert; line and model follow."
    )
    line = LineField(required=False)
    model = serializers.SlugRelatedField(
        slug_field="slug", queryset=RegisteredModel.objects.all(), required=False
    )
    count = serializers.IntegerField(min_value=1, max_value=MOST, default=20)
    by_chance = serializers.BooleanField(
        default=False, help_text="None that the model would choose, so that they measure it."
    )


class NextIn(serializers.Serializer[Any]):
    line = LineField()


class AnswerIn(serializers.Serializer[Any]):
    answer = serializers.CharField(max_length=40)
    seconds = serializers.FloatField(required=False, allow_null=True, default=None, min_value=0)
    reason = serializers.ChoiceField(
        choices=CantTellWhy.choices,
        required=False,
        allow_blank=True,
        default="",
        help_text="Why somebody cannot tell.",
    )
    mark = serializers.JSONField(
        required=False,
        allow_null=True,
        default=None,
        help_text='Where on a picture: {"view": "colour", "box": [x, y, width, height]}, in shares of it.',
    )
    key = serializers.UUIDField(
        required=False, help_text="The device's own name for the tap: sent again, it is the same answer."
    )
    ticket = serializers.CharField(
        required=False,
        default="",
        max_length=200,
        help_text="Came with the question; lets an answer be late.",
    )
    tapped_at = serializers.DateTimeField(
        required=False, default=None, help_text="When it was tapped, by the device's clock."
    )
    sent_at = serializers.DateTimeField(
        required=False, default=None, help_text="When it is sent, by the same clock."
    )


class SettleIn(serializers.Serializer[Any]):
    answer = serializers.CharField(max_length=40)


class DoubtIn(serializers.Serializer[Any]):
    feature = serializers.CharField(max_length=120, help_text="The reading that is no reason.")


class DisputeIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=240)


class LabelOut(serializers.ModelSerializer[Label]):
    request = serializers.UUIDField(source="request_id", read_only=True)
    part = serializers.CharField(source="request.row.prediction.part_id", read_only=True)

    class Meta:
        model = Label
        fields = [
            *(
                "id",
                "request",
                "part",
                "answer",
                "reason",
                "mark",
                "model_said",
                "opinion",
                "expert",
                "seconds",
            ),
            *("at", "tapped_at", "undone_at"),
        ]
        read_only_fields = fields


class AfterReasonOut(serializers.Serializer[Any]):
    feature = serializers.CharField()
    sentence = serializers.CharField()


class AnsweredOut(LabelOut):
    undo = serializers.CharField(
        read_only=True, help_text="Send it to /api/v1/undo/ to take the answer back."
    )
    said = serializers.CharField(read_only=True, help_text="One sentence, with what the model said.")
    agree = serializers.BooleanField(read_only=True, allow_null=True)
    reasons = AfterReasonOut(many=True, read_only=True)
    clock_off = serializers.FloatField(read_only=True, help_text="Seconds; 0 within a minute.")

    class Meta(LabelOut.Meta):
        fields = [*LabelOut.Meta.fields, "undo", "said", "agree", "reasons", "clock_off"]
        read_only_fields = fields


class FateOut(serializers.Serializer[Any]):
    label = LabelOut()  # type: ignore[assignment]  # a field here, not this one's label
    fate = serializers.CharField(source="text")
    undo_allowed = serializers.BooleanField(source="undo")
