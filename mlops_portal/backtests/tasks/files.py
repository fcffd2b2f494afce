"""Files of the storage as files of this machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from mlops_portal.registry.compute.tables.model import Frame
from mlops_portal.wire.errors import NotFound

MOST_FAULTS = 5


def faults_of(frame: Frame) -> list[str]:
    """What was wrong with single rows and values, the first few as sentences."""
    said = [_(one.message).format(**one.values) if one.message else one.sentence for one in frame.faults]
    return said[:MOST_FAULTS]


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
