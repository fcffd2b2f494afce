import base64
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_portal.foundation.wire import merkle
from tests.wire.vectors import cases, hashes


def naive(entries: list[bytes]) -> bytes:
    """RFC 9162 section 2.1.1, word for word."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    half = 1 << (len(entries) - 1).bit_length() - 1
    return sha256(b"\x01" + naive(entries[:half]) + naive(entries[half:])).digest()


def holds(verify, **claim) -> bool:
    try:
        verify(**claim)
    except merkle.ProofError:
        return False
    return True


@pytest.mark.parametrize("case", cases("merkle_inclusion"), ids=lambda case: case["case"])
def test_public_inclusion_proofs_are_judged_as_their_authors_say(case):
    claim = {
        "index": case["leafIdx"],
        "size": case["treeSize"],
        "leaf": base64.b64decode(case["leafHash"]),
        "root": base64.b64decode(case["root"]),
        "proof": hashes(case["proof"]),
    }
    assert holds(merkle.verify_inclusion, **claim) is not case["wantErr"]


@pytest.mark.parametrize("case", cases("merkle_consistency"), ids=lambda case: case["case"])
def test_public_consistency_proofs_are_judged_as_their_authors_say(case):
    claim = {
        "first": case["size1"],
        "second": case["size2"],
        "first_root": base64.b64decode(case["root1"]),
        "second_root": base64.b64decode(case["root2"]),
        "proof": hashes(case["proof"]),
    }
    assert holds(merkle.verify_consistency, **claim) is not case["wantErr"]


@given(st.lists(st.binary(max_size=8), max_size=600))
def test_the_growing_tree_has_the_root_of_the_definition(entries):
    assert merkle.root_of(merkle.leaf_hash(entry) for entry in entries) == naive(entries)


def test_the_edge_of_a_tree_fits_its_size():
    with pytest.raises(ValueError):
        merkle.CompactRange(3, [b"x" * 32])
