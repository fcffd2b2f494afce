"""The verifier's tools agree with the portal's, and with public vectors."""

from __future__ import annotations

import ast
import base64
import json

import pytest
from hypothesis import given

from approvals.verify import proofs
from approvals.verify.source import verifier
from mlops_portal.foundation.wire import jcs, roster
from tests.wire.test_jcs import VALUES
from tests.wire.vectors import cases, hashes


def test_the_verifier_is_one_file_for_python_3_9_without_the_portal():
    source = verifier().decode()
    tree = ast.parse(source, feature_version=(3, 9))
    modules = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [one.name for one in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }
    assert modules <= {
        "__future__", "argparse", "base64", "collections", "cryptography", "csv", "dataclasses", "datetime",
        "functools", "hashlib", "io", "itertools", "json", "pathlib", "re", "struct", "sys", "typing",
        "zipfile",
    }  # fmt: skip
    assert max(map(len, source.splitlines())) <= 110


@pytest.mark.parametrize("case", cases("jcs"), ids=lambda case: case["name"])
def test_public_vectors_are_written_as_their_authors_say(case):
    assert proofs.canonical(json.loads(case["input"])) == case["output"]


@given(VALUES)
def test_what_the_portal_writes_reads_back_the_same(value):
    written = jcs.canonical(value)
    assert proofs.canonical(value).encode() == written
    assert proofs.canonical(proofs.parse(written)).encode() == written


@pytest.mark.parametrize(
    "value",
    [0.0, -0.0, 1e21, 1e20, 123456789012345680000.0, 1e-6, 1e-7, 0.1, -1.5, 5e-324, 1.7976931348623157e308,
     4.35, 100.0, {"\u20ac": 1, "\r": 2, "\U0001f600": 3, "\ufb33": 4}, [True, None, "\u0007\"\\é"]],
)  # fmt: skip
def test_canonical_json_is_that_of_the_portal(value):
    assert proofs.canonical(value).encode() == jcs.canonical(value)
    assert proofs.parse(jcs.canonical(value)) == value


@pytest.mark.parametrize(
    "text_", ['{"b":1,"a":2}', '{"a":1,"a":1}', "[1.0]", "[ 1]", "NaN", "[1e400]", "[Infinity]"]
)
def test_what_is_not_canonical_is_refused(text_):
    with pytest.raises(ValueError):
        proofs.parse(text_.encode())


@pytest.mark.parametrize("case", cases("merkle_inclusion"), ids=lambda case: case["case"])
def test_public_inclusion_proofs_are_judged_as_their_authors_say(case):
    leaf, proof = base64.b64decode(case["leafHash"]), hashes(case["proof"])
    try:
        found = proofs.root_by_inclusion(leaf, case["leafIdx"], case["treeSize"], proof)
    except proofs.Fault:
        found = None
    assert (found == base64.b64decode(case["root"])) is not case["wantErr"]


@pytest.mark.parametrize("case", cases("merkle_consistency"), ids=lambda case: case["case"])
def test_public_consistency_proofs_are_judged_as_their_authors_say(case):
    old, new = base64.b64decode(case["root1"]), base64.b64decode(case["root2"])
    try:
        found = proofs.roots_by_consistency(case["size1"], case["size2"], hashes(case["proof"]), old)
    except proofs.Fault:
        found = None
    assert (found == (old, new)) is not case["wantErr"]


def test_quorums_are_counted_as_nodes_count_them():
    people = {"a": ["x", "y"], "b": ["x"], "c": ["y"], "d": []}
    for x in range(3):
        for y in range(3):
            places = {name: count for name, count in (("x", x), ("y", y)) if count}
            for chosen in range(16):
                held = {one: people[one] for at, one in enumerate("abcd") if chosen >> at & 1}
                expected = roster.quorum_met(places, held).met
                assert proofs.quorum_filled(places, held) == expected
