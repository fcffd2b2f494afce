"""Back-tests and their tables as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from mlops_portal.above.backtests.models import BackTest, PastTable
from mlops_portal.above.backtests.selectors.backtest_words import outcome
from mlops_portal.above.backtests.selectors.backtests import FEWEST, MOST, datasets_to_try
from mlops_portal.above.backtests.transitions import Kind, State
from mlops_portal.foundation.registry.models import Dataset


class BackTestColumnOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    kind = serializers.CharField()
    distinct = serializers.IntegerField()
    missing = serializers.IntegerField()


class TableOut(serializers.ModelSerializer[PastTable]):
    columns = BackTestColumnOut(many=True, read_only=True)

    class Meta:
        model = PastTable
        fields = [
            "id",
            "name",
            "state",
            "problem",
            "rows",
            "columns",
            "guesses",
            "answers",
            "size",
            "sha256",
            "added_by",
            "added_at",
        ]
        read_only_fields = fields


class TableIn(serializers.Serializer[Any]):
    """A file (multipart), or the past parts of a model by the number of its dataset."""

    file = serializers.FileField(required=False, max_length=200)
    dataset = serializers.PrimaryKeyRelatedField(queryset=Dataset.objects.none(), required=False)

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        fields["dataset"].queryset = datasets_to_try()
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError("Send either a file or the number of a dataset.")
        return attrs


class BackTestTableAnswer(serializers.Serializer[Any]):
    answers = serializers.DictField(
        child=serializers.CharField(max_length=200), required=False, default=dict, help_text="By key."
    )
    accept = serializers.BooleanField(required=False, default=False, help_text="Take every other guess.")


class BackTestOut(serializers.ModelSerializer[BackTest]):
    outcome = serializers.SerializerMethodField()
    parameters = serializers.DictField()
    summary = serializers.DictField()

    class Meta:
        model = BackTest
        fields = [
            "id",
            "kind",
            "name",
            "table",
            "reference",
            "parameters",
            "state",
            "error",
            "outcome",
            "summary",
            "seconds",
            "job",
            "created_by",
            "created_at",
            "finished_at",
        ]
        read_only_fields = fields

    def get_outcome(self, test: BackTest) -> str:
        return outcome(test)


class BackTestIn(serializers.Serializer[Any]):
    """``parameters``: what is left out has its default."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    table = serializers.PrimaryKeyRelatedField(queryset=PastTable.objects.all())
    reference = serializers.PrimaryKeyRelatedField(
        queryset=PastTable.objects.all(), required=False, allow_null=True, default=None
    )
    name = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    parameters = serializers.DictField(required=False, default=dict)


class BackTestQuery(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Kind.choices, required=False)
    state = serializers.ChoiceField(choices=State.choices, required=False)
    table = serializers.IntegerField(required=False)


class BesideQuery(serializers.Serializer[Any]):
    test = serializers.ListField(
        child=serializers.IntegerField(), min_length=FEWEST, max_length=MOST, help_text="Two to four numbers."
    )


class BackTestsBesideOut(serializers.Serializer[Any]):
    tests = BackTestOut(many=True)
    differing = serializers.DictField(child=serializers.ListField())
