"""A table of an onboarding as arrays, as far as it is described."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.above.onboarding.services.files import on_disk
from mlops_portal.foundation.registry.compute.tables.answers import Answers
from mlops_portal.foundation.registry.compute.tables.model import Frame, Schema
from mlops_portal.foundation.registry.compute.tables.read import read

Progress = Callable[[int, int], None]


def schema_of(onboarding: Onboarding) -> Schema:
    return Schema.from_json(onboarding.schema)


def answers_of(onboarding: Onboarding) -> Answers:
    """What was answered; times without a zone are the site's."""
    asked = onboarding.asked
    return Answers(asked.get("answers", {}), onboarding.site.time_zone, bool(asked.get("accept")))


def columns_json(schema: Schema) -> list[dict[str, Any]]:
    """The columns of a description as they are kept."""
    return list(schema.to_json()["columns"])


def frame_of(
    onboarding: Onboarding, *, schema: Schema | None = None, progress: Progress | None = None
) -> Frame:
    """Read the whole table. Raises what ``tables.read`` raises."""
    with on_disk(onboarding.file_path) as path:
        return read(
            path,
            name=onboarding.file_name,
            schema=schema,
            progress=progress,
            answers=answers_of(onboarding),
        )
