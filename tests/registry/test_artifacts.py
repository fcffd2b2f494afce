"""Files by digest: kept once, checked when they are read."""

from __future__ import annotations

from hashlib import sha256

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from mlops_portal.foundation.registry.errors import ArtifactDamaged
from mlops_portal.foundation.registry.models import Artifact
from mlops_portal.foundation.registry.services import artifact_put, artifact_read
from mlops_portal.foundation.registry.services.artifacts import artifact_path

pytestmark = pytest.mark.django_db
DATA = b"some bytes of a model"


def test_a_file_is_known_by_its_digest_and_comes_back_as_it_was() -> None:
    artifact = artifact_put(data=DATA, kind="onnx", name="model")
    assert artifact.sha256 == sha256(DATA).hexdigest()
    assert artifact.size == len(DATA)
    assert artifact_read(artifact) == DATA


def test_the_same_bytes_again_change_nothing() -> None:
    first = artifact_put(data=DATA, kind="onnx", name="model")
    second = artifact_put(data=DATA, kind="onnx", name="another name")
    assert (second.pk, second.name) == (first.pk, "model")
    folder, name = artifact_path(first.sha256).rsplit("/", 1)
    assert [one for one in default_storage.listdir(folder)[1] if one.startswith(name)] == [name]
    assert Artifact.objects.count() == 1


def test_a_changed_file_is_not_believed_and_putting_it_again_mends_it() -> None:
    artifact = artifact_put(data=DATA, kind="onnx", name="model")
    path = artifact_path(artifact.sha256)
    default_storage.delete(path)
    default_storage.save(path, ContentFile(b"something else"))
    with pytest.raises(ArtifactDamaged, match="changed"):
        artifact_read(artifact)
    artifact_put(data=DATA, kind="onnx", name="model")
    assert artifact_read(artifact) == DATA


def test_a_missing_file_is_said_so() -> None:
    artifact = artifact_put(data=DATA, kind="onnx", name="model")
    default_storage.delete(artifact_path(artifact.sha256))
    with pytest.raises(ArtifactDamaged, match="missing"):
        artifact_read(artifact)
