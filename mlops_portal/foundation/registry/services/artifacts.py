"""Files by their digest: written once, and never believed when they are read back."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.registry.errors import ArtifactDamaged
from mlops_portal.foundation.registry.models import Artifact


def artifact_path(digest: str) -> str:
    """Where the file lies in the storage."""
    return f"artifacts/{digest[:2]}/{digest}"


def artifact_put(*, data: bytes, kind: str, name: str) -> Artifact:
    """Keep ``data`` under its SHA-256; the same bytes again change nothing.

    The file is written before the row, so that a row without a file cannot come of a crash. A file that
    is there but is not what its name says is written anew. Who writes the same bytes at the same moment
    does no harm: the file appears whole or not at all.
    """
    digest = sha256(data).hexdigest()
    if _stored(digest) != data:
        _write(artifact_path(digest), data)
    return Artifact.objects.get_or_create(
        sha256=digest,
        defaults={"kind": kind, "size": len(data), "name": name[:120], "created_at": timezone.now()},
    )[0]


def artifact_read(artifact: Artifact) -> bytes:
    """The bytes of a file. Raises ArtifactDamaged where they are gone or are others."""
    data = _stored(artifact.sha256)
    if data is None:
        raise ArtifactDamaged(
            _("The file %(name)s is missing from the storage; restore it from a backup.")
            % {"name": artifact.name},
            sha256=artifact.sha256,
        )
    if sha256(data).hexdigest() != artifact.sha256:
        raise ArtifactDamaged(
            _("The file %(name)s in the storage was changed; restore it from a backup.")
            % {"name": artifact.name},
            sha256=artifact.sha256,
        )
    return data


def _write(path: str, data: bytes) -> None:
    """Put the whole file in its place in one step, over what lies there."""
    if not isinstance(default_storage, FileSystemStorage):  # an object store does so by itself
        default_storage.save(path, ContentFile(data))
        return
    beside = default_storage.save(f"{path}.{uuid4().hex}", ContentFile(data))
    Path(default_storage.path(beside)).replace(default_storage.path(path))


def _stored(digest: str) -> bytes | None:
    try:
        with default_storage.open(artifact_path(digest)) as file:
            data: bytes = file.read()
    except FileNotFoundError:
        return None
    return data
