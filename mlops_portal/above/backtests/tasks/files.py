"""Files of the storage as files of this machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from mlops_portal.above.backtests.models import PastTable
from mlops_portal.foundation.plant.models import Site
from mlops_portal.foundation.registry.compute.tables.answers import Answers
from mlops_portal.foundation.registry.compute.tables.model import Frame
from mlops_portal.foundation.registry.selectors.guesses import said
from mlops_portal.foundation.wire.errors import NotFound

MOST_FAULTS = 5


def faults_of(frame: Frame) -> list[str]:
    """What was guessed of the table, and what was wrong with it, as sentences; of faults the first few."""
    guessed = [said(one.to_json()) for one in frame.faults if one.key]
    return [*guessed, *[said(one.to_json()) for one in frame.faults if not one.key][:MOST_FAULTS]]


def site_zone() -> str:
    """The zone of times that carry none: that of the plant's sites, where they have one and the same."""
    zones = set(Site.objects.values_list("time_zone", flat=True))
    return zones.pop() if len(zones) == 1 else ""


def answers_of(table: PastTable) -> Answers:
    """What was said to the questions of a table; its times without a zone are the plant's."""
    return Answers(table.answers, site_zone=site_zone())


def asked(frame: Frame) -> list[dict[str, Any]]:
    """What was guessed of the table, and what waits for an answer, as it is kept."""
    return [one.to_json() for one in frame.faults if one.key]


def waits(guesses: Iterable[Mapping[str, Any]]) -> bool:
    """Whether one of them is a question that a person must answer before any number counts."""
    return any(one["blocking"] and one.get("options") for one in guesses)


@contextmanager
def on_disk(path: str, name: str) -> Iterator[Path]:
    """The stored file as a path: itself where the storage is a folder, else a copy for the while.

    NotFound where it is gone.
    """
    if not default_storage.exists(path):
        raise NotFound(_("The file %(name)s is gone from the storage; add the table again.") % {"name": name})
    try:
        here = Path(default_storage.path(path))
    except NotImplementedError:
        with default_storage.open(path) as stored, NamedTemporaryFile(suffix=Path(name).suffix) as copy:
            shutil.copyfileobj(stored, copy, 1 << 20)
            copy.flush()
            yield Path(copy.name)
        return
    yield here
