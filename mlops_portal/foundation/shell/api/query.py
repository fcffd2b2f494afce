"""The query of an address, checked by the same serializer that describes it in the schema."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request


class YesNo(serializers.ChoiceField):
    """``true`` or ``false``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=["true", "false"], **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        return str(super().to_internal_value(data)) == "true"


def asked(shape: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """What the query says; ValidationError otherwise. A parameter that is there but empty is not asked."""
    given = request.query_params.copy()
    for name in [name for name, values in given.lists() if not any(values)]:
        del given[name]
    checked = shape(data=given)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)
