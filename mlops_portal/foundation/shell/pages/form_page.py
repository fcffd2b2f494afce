"""A page with one form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mlops_portal.foundation.wire.errors import Conflict, Invalid


def form_page(
    request: HttpRequest,
    form: forms.Form,
    do: Callable[[dict[str, Any]], HttpResponse],
    *,
    template: str,
    **context: Any,
) -> HttpResponse:
    """Show a form; once it is valid, ``do`` it. What can be mended is said at the form, the rest goes up."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return do(form.cleaned_data)
            except (Conflict, Invalid) as error:
                form.add_error(None, error.sentence)
                status = error.status
    return render(request, template, {"form": form, **context}, status=status)
