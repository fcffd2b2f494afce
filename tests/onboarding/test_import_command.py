"""``model_import``: a foreign file and a table in, a candidate out; what is refused leaves nothing."""

from __future__ import annotations

import json
import pickle
from io import StringIO

import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import RandomForestClassifier

from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.foundation.plant.models import Site
from mlops_portal.foundation.registry.models import Dataset, ModelVersion, RegisteredModel
from tests.onboarding.tables import rows, table

pytestmark = pytest.mark.django_db


def foreign(columns: int = 3) -> bytes:
    """A forest over temperature, pressure and shade (dark 0, light 1), as somebody else trained it."""
    found = rows(160)
    x = np.array([[float(one[3]), float(one[4]), float(one[5] == "light")] for one in found], np.float32)
    model = RandomForestClassifier(10, random_state=0).fit(x[:, :columns], [one[6] for one in found])
    shape = FloatTensorType([None, columns])
    return to_onnx(model, initial_types=[("X", shape)], target_opset=17).SerializeToString()


def bring(*args, **options):
    out = StringIO()
    call_command("model_import", *args, **options, json=True, stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def test_an_empty_portal_gets_a_plant_a_model_and_a_foreign_candidate(file_of):
    out = StringIO()
    call_command(
        "model_import",
        "Ovens",
        onnx=file_of(foreign(), "theirs.onnx"),
        data=file_of(table()),
        target="result",
        time="made",
        part="part",
        stdout=out,
    )
    version = ModelVersion.objects.get()
    assert (version.state, version.pipeline) == ("candidate", "imported onnx")
    assert version.measures["holdout"]["accuracy"]["value"] > 0.9
    for word in ("Sign in as ml", "trained elsewhere", "newest parts", "Nobody approved it"):
        assert word in out.getvalue()


def test_the_same_file_again_changes_nothing_and_a_second_one_needs_no_table(cast, file_of):
    theirs, data = file_of(foreign(), "theirs.onnx"), file_of(table())
    first = bring("Ovens", onnx=theirs, data=data, target="result")
    again = bring("Ovens", onnx=theirs, data=data, target="result")
    assert (first["changed"], again["changed"]) == (True, False)
    assert again["version"] == first["version"]
    another = file_of(foreign().replace(b"skl2onnx", b"skl2ONNX"), "another.onnx")
    assert bring("ovens", onnx=another)["version"] == 2
    assert Dataset.objects.count() == 1


@pytest.mark.parametrize(
    ("file", "word"),
    [
        (lambda: pickle.dumps({"a": 1}), "pickle"),
        (lambda: foreign(2), "float32 (n, 3): temperature, pressure, shade"),
        (lambda: b"", "empty"),
        (lambda: b"not a model", "not an ONNX file"),
    ],
)
def test_a_file_that_is_no_good_leaves_neither_model_nor_plant(file_of, file, word):
    with pytest.raises(CommandError) as refused:
        bring("Ovens", onnx=file_of(file(), "theirs.onnx"), data=file_of(table()), target="result")
    assert word in str(refused.value)
    assert "theirs.onnx" in str(refused.value)
    for kind in (RegisteredModel, Dataset, ModelVersion, Onboarding, Site):
        assert not kind.objects.exists()


def test_what_is_missing_is_named(cast, file_of):
    theirs = file_of(foreign(), "theirs.onnx")
    with pytest.raises(CommandError, match="no model Ovens"):
        bring("Ovens", onnx=theirs)
    with pytest.raises(CommandError, match="no file"):
        bring("Ovens", onnx=theirs.with_name("none.onnx"))
    bring("Ovens", onnx=theirs, data=file_of(table()), target="result")
    with pytest.raises(CommandError, match="past parts of its own"):
        bring("Ovens", onnx=theirs, data=file_of(table(seed=4), "other.csv"), target="result")
    with pytest.raises(CommandError, match="nobody with the user name"):
        bring("Ovens", onnx=theirs, username="nobody")
