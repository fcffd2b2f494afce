"""Onboardings as JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.above.onboarding.rules.column_choices import Kind, Role
from mlops_portal.above.onboarding.selectors import step_of
from mlops_portal.above.onboarding.services.receiving import TEMPLATES
from mlops_portal.foundation.plant.models import AssetType, Site

LONGEST_NAME = 1_000  # of a column


class ColumnOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    key = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    role = serializers.ChoiceField(choices=Role.choices)
    unit = serializers.CharField()
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    categories = serializers.ListField(child=serializers.CharField())
    missing = serializers.IntegerField()
    distinct = serializers.IntegerField()
    constant = serializers.BooleanField()
    ignore_case = serializers.BooleanField(allow_null=True, default=None)
    gaps_are_values = serializers.BooleanField(default=False)


class AnswerOptionOut(serializers.Serializer[Any]):
    value = serializers.CharField()
    label = serializers.CharField()


class ProblemOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    sentence = serializers.CharField()
    column = serializers.CharField()
    row = serializers.IntegerField(allow_null=True, help_text="As a person counts it: the header is row 1.")
    blocking = serializers.BooleanField()
    key = serializers.CharField(required=False, help_text="By which the question is answered.")
    taken = serializers.CharField(required=False, help_text="The answer that was guessed or given.")
    options = AnswerOptionOut(many=True, required=False)


class GoldenOut(serializers.Serializer[Any]):
    part = serializers.CharField()
    truth = serializers.CharField()
    borderline = serializers.BooleanField(
        help_text="Near the boundary to another class by its readings; else drawn by chance."
    )
    readings = serializers.DictField()
    state = serializers.ChoiceField(choices=["open", "confirmed", "refused"])
    code = serializers.CharField()


class OnboardingOut(serializers.ModelSerializer[Onboarding]):
    site = serializers.SlugRelatedField(slug_field="slug", read_only=True)  # type: ignore[var-annotated]  # read only
    asset_type = serializers.SlugRelatedField(slug_field="slug", read_only=True)  # type: ignore[var-annotated]  # read only
    model = serializers.SlugRelatedField(slug_field="slug", read_only=True)  # type: ignore[var-annotated]  # read only
    step = serializers.SerializerMethodField(help_text="The page at which it stands.")
    columns = serializers.SerializerMethodField()
    problems = ProblemOut(many=True, read_only=True)
    guesses = serializers.SerializerMethodField(help_text="What the reader guessed and asks.")
    golden = GoldenOut(many=True, read_only=True, allow_null=True)
    version = serializers.IntegerField(
        source="run.candidate.number", read_only=True, allow_null=True, default=None
    )

    class Meta:
        model = Onboarding
        fields = [
            *("id", "name", "slug", "site", "asset_type", "type_name", "state", "step", "error", "asked"),
            *("file_name", "file_size", "file_digest", "rows", "preview", "guesses", "columns", "plan"),
            *("problems", "golden", "model", "run", "version", "job", "by", "created_at", "changed_at"),
        ]
        read_only_fields = fields

    def get_step(self, one: Onboarding) -> str:
        return step_of(one)

    @extend_schema_field(ProblemOut(many=True))
    def get_guesses(self, one: Onboarding) -> list[dict[str, Any]]:
        return list(ProblemOut(one.preview.get("guesses", ()), many=True).data)

    @extend_schema_field(ColumnOut(many=True))
    def get_columns(self, one: Onboarding) -> list[dict[str, Any]]:
        return list(one.schema.get("columns", ()))


class OnboardingIn(serializers.Serializer[Any]):
    """A file (multipart), or the path of one on the server."""

    name = serializers.CharField(max_length=120)
    site = serializers.SlugRelatedField(slug_field="slug", queryset=Site.objects.all(), required=False)
    asset_type = serializers.SlugRelatedField(
        slug_field="slug", queryset=AssetType.objects.all(), required=False
    )
    type_name = serializers.CharField(max_length=80, required=False, default="")
    file = serializers.FileField(required=False, use_url=False)
    path = serializers.CharField(max_length=300, required=False, default="")
    target = serializers.CharField(max_length=LONGEST_NAME, required=False, default="")
    time = serializers.CharField(max_length=LONGEST_NAME, required=False, default="")
    part = serializers.CharField(max_length=LONGEST_NAME, required=False, default="")
    line = serializers.CharField(max_length=LONGEST_NAME, required=False, default="")
    template = serializers.ChoiceField(choices=list(TEMPLATES), required=False, default="")
    zone = serializers.CharField(
        max_length=60, required=False, default="", help_text="Of times without one; else the site's."
    )
    accept = serializers.BooleanField(required=False, default=False, help_text="Take every guess.")


class ColumnIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Kind.choices, required=False)
    role = serializers.ChoiceField(choices=Role.choices, required=False)
    unit = serializers.CharField(max_length=20, required=False, allow_blank=True)
    low = serializers.FloatField(required=False, allow_null=True)
    high = serializers.FloatField(required=False, allow_null=True)
    categories = serializers.ListField(child=serializers.CharField(max_length=60), required=False)
    ignore_case = serializers.BooleanField(
        required=False,
        allow_null=True,
        help_text="Words that differ by case alone are one; null: nobody said.",
    )
    gaps_are_values = serializers.BooleanField(
        required=False, help_text="NA, null and other words for nothing are values."
    )


class AnswersIn(serializers.Serializer[Any]):
    """Answers to what the reader of the table asks."""

    answers = serializers.DictField(
        child=serializers.CharField(max_length=60),
        required=False,
        default=dict,
        help_text="By the question's key; “zone” may be any time zone.",
    )
    accept = serializers.BooleanField(
        required=False, default=False, help_text="Take every guess that waits for an answer."
    )


class OnboardingClassIn(serializers.Serializer[Any]):
    key = serializers.SlugField(max_length=40)
    words = serializers.DictField(child=serializers.CharField(max_length=120, allow_blank=True))
    icon = serializers.CharField(max_length=40, required=False, default="ring")
    defect = serializers.BooleanField()
    values = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Texts of the target that mean this class."
    )


class LimitsIn(serializers.Serializer[Any]):
    low = serializers.FloatField(required=False, allow_null=True)
    high = serializers.FloatField(required=False, allow_null=True)


class DescriptionIn(serializers.Serializer[Any]):
    """What to correct; everything else stays."""

    columns = serializers.DictField(
        child=ColumnIn(), required=False, help_text="By the column's name in the file."
    )
    classes = OnboardingClassIn(many=True, required=False)
    limits = LimitsIn(required=False)
    normal = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Values of the target that are no defect."
    )
    defect = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Values of the target that are one."
    )
    words = serializers.DictField(
        child=serializers.DictField(child=serializers.CharField(max_length=120, allow_blank=True)),
        required=False,
        help_text="Plant words of readings by key, each by language.",
    )
    part_from = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Columns of which a part's id is joined."
    )
    window_seconds = serializers.IntegerField(min_value=10, max_value=86_400, required=False)


class GoldenIn(serializers.Serializer[Any]):
    place = serializers.IntegerField(min_value=0, help_text="The part's place in the list, from 0.")
    safety = serializers.BooleanField(required=False, default=False)
    borderline = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="As was proposed, where nothing is said."
    )


class GoldenPlaceIn(serializers.Serializer[Any]):
    place = serializers.IntegerField(min_value=0, help_text="The part's place in the list, from 0.")
