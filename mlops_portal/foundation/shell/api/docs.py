"""The API's front door: an index of addresses, and the schema as a page that needs nothing from elsewhere."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


@dataclass(frozen=True, slots=True)
class Operation:
    id: str
    method: str
    path: str
    summary: str
    parameters: list[dict[str, Any]]
    body: str
    answers: list[tuple[str, str]]
    curl: str


@cache
def schema() -> dict[str, Any]:
    """The OpenAPI document of the running code; about half a second, once a process."""
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return document


def _example(document: dict[str, Any], shape: dict[str, Any], depth: int = 0) -> Any:
    """Something of the shape: enough to copy and change."""
    if "$ref" in shape:
        shape = document["components"]["schemas"][shape["$ref"].rsplit("/", 1)[1]]
    if "allOf" in shape or "oneOf" in shape:
        return _example(document, (shape.get("allOf") or shape["oneOf"])[0], depth)
    if "enum" in shape:
        return shape["enum"][0]
    kind = shape.get("type")
    if kind == "object" and depth < 4:
        fields = shape.get("properties", {}).items()
        return {name: _example(document, one, depth + 1) for name, one in fields if not one.get("readOnly")}
    if kind == "array":
        return [_example(document, shape["items"], depth + 1)] if depth < 4 else []
    return {"boolean": True, "integer": 1, "number": 1.0, "object": {}}.get(str(kind), "…")


def _curl(method: str, path: str, body: str) -> str:
    lines = [f"curl {settings.PUBLIC_URL}{path}", '-H "Authorization: Bearer $TOKEN"']
    if method == "POST":
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    if method != "GET":
        lines.insert(1, f"-X {method}")
    if body:
        lines += ['-H "Content-Type: application/json"', f"-d '{body}'"]
    return " \\\n  ".join(lines)


@cache
def operations() -> list[Operation]:
    document = schema()
    listed = []
    for path, methods in document["paths"].items():
        for method, spec in methods.items():
            content = spec.get("requestBody", {}).get("content", {}).get("application/json", {})
            example = _example(document, content["schema"]) if content else None
            body = json.dumps(example, ensure_ascii=False) if example is not None else ""
            words = spec.get("description") or spec.get("summary") or ""
            listed.append(
                Operation(
                    id=spec["operationId"],
                    method=method.upper(),
                    path=path,
                    summary=str(words),
                    parameters=spec.get("parameters", []),
                    body=body,
                    answers=[
                        (code, str(one.get("description", ""))) for code, one in spec["responses"].items()
                    ],
                    curl=_curl(method.upper(), path, body),
                )
            )
    return listed


@require_safe
@login_required  # a page among addresses for programs: people are sent to sign in
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "shell/api_docs.html", {"operations": operations()})


class Index(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """Every address, by path; {…} stands for an id."""
        paths = {
            path: sorted(method.upper() for method in methods) for path, methods in schema()["paths"].items()
        }
        return Response({"schema": "/api/v1/schema/", "docs": "/api/v1/docs/", "paths": paths})
