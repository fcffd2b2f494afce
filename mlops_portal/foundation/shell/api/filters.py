"""What lists are narrowed by, read as strictly as the schema describes it.

- A filter that names a thing which is not there is answered like an address that is not there: 404.
- An id, a number or a moment that is there but empty is refused; a text may be empty.
- A yes or no is ``true`` or ``false``; what the form's widget would take for “not asked” is refused.
"""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from django_filters.utils import translate_validation
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from mlops_portal.foundation.wire.errors import NotFound

NEVER_EMPTY = (django_filters.UUIDFilter, django_filters.NumberFilter, django_filters.IsoDateTimeFilter)


class Filters(DjangoFilterBackend):
    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        for name, one in filterset.filters.items():
            given = request.query_params.get(name, "")
            if isinstance(one, NEVER_EMPTY) and name in request.query_params and not given.strip():
                raise ValidationError({name: [_("Give a value, or leave the parameter out.")]})
            if isinstance(one, django_filters.BooleanFilter) and given not in ("", "true", "false"):
                raise ValidationError({name: [_("Write true or false.")]})
        if not filterset.is_valid():
            self._refuse(filterset)
        narrowed: QuerySet[Any] = filterset.qs
        return narrowed

    def _refuse(self, filterset: Any) -> None:
        for name, faults in filterset.form.errors.as_data().items():
            names = isinstance(filterset.form.fields[name], forms.ModelChoiceField)
            if names and any(one.code == "invalid_choice" for one in faults):
                value = filterset.form.data.get(name)
                raise NotFound(
                    _("There is no %(field)s “%(value)s”, or you may not see it.")
                    % {"field": name, "value": value}
                )
        raise translate_validation(filterset.errors)
