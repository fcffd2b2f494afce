"""Cosignatures, and what a witness is given: as C2SP tlog-cosignature and tlog-witness say."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mlops_portal.foundation.wire import merkle, note, tiles, witness
from mlops_portal.foundation.wire.checkpoint import Checkpoint
from mlops_portal.foundation.wire.note import NoteError
from mlops_portal.foundation.wire.witness import NotExtended, Witness

KEY, LOG = (Ed25519PrivateKey.from_private_bytes(bytes([one]) * 32) for one in (1, 2))
AT = datetime(2023, 3, 20, 13, 35, 15, tzinfo=UTC)
NAME = "log.example/witness/node-2"
WITNESS = Witness(NAME, KEY.public_key().public_bytes_raw())
LEAVES = [merkle.leaf_hash(b"%d" % number) for number in range(300)]


def tree(size: int, other: int = -1) -> tiles.Tree:
    """The first ``size`` leaves; leaf ``other`` is another one."""
    leaves = [merkle.leaf_hash(b"x") if at == other else leaf for at, leaf in enumerate(LEAVES[:size])]

    def read(tile: tiles.Tile) -> bytes:
        span = 256**tile.level
        first = tile.index * 256
        return b"".join(
            merkle.root_of(leaves[(first + at) * span : (first + at + 1) * span]) for at in range(tile.width)
        )

    return tiles.Tree(size, read)


def claim(size: int, other: int = -1) -> Checkpoint:
    return Checkpoint("log.example", size, tree(size, other).compact().root())


def test_the_signed_message_and_the_key_id_are_those_of_the_specification() -> None:
    text = claim(5).text()
    line = witness.cosign(text, name=NAME, private=KEY, at=AT)
    name, encoded = line.removeprefix("\u2014 ").split()
    raw = base64.b64decode(encoded)
    assert (name, len(raw)) == (NAME, 4 + 8 + 64)
    assert int.from_bytes(raw[4:12], "big") == 1679319315
    KEY.public_key().verify(raw[12:], f"cosignature/v1\ntime 1679319315\n{text}".encode())
    assert str(WITNESS).split("+")[1] == raw[:4].hex()


def test_a_checkpoint_carries_cosignatures_beside_the_signature_of_its_log() -> None:
    signed = note.sign(claim(5).text(), name="log.example", private=LOG)
    signed += witness.cosign(claim(5).text(), name=NAME, private=KEY, at=AT)
    log = note.public_key("log.example", LOG)
    assert witness.opened(signed, [log]) == claim(5)
    assert witness.cosigned_at(*note.split(signed), WITNESS) == AT.timestamp()
    with pytest.raises(NoteError, match="does not fit"):
        witness.cosigned_at(claim(6).text(), note.split(signed)[1], WITNESS)
    with pytest.raises(NoteError, match="did not cosign"):
        witness.cosigned_at(*note.split(signed), Witness(NAME, LOG.public_key().public_bytes_raw()))


@pytest.mark.parametrize(("old", "new"), [(1, 300), (4, 7), (256, 300), (299, 300), (8, 8)])
def test_what_extends_the_checkpoint_from_before_is_accepted(old: int, new: int) -> None:
    proof = tree(new).consistency(old) if old < new else []
    witness.check_extends(claim(old), claim(new), proof)


def test_what_does_not_extend_it_is_refused_with_a_sentence() -> None:
    for offered, proof, why in (
        (claim(200), [], "has 200 events, it had 256 before"),
        (claim(256, other=7), [], "256 events as before, but other ones"),
        (claim(300, other=7), tree(300, other=7).consistency(256), "no longer those from before"),
        (claim(300), [], "no longer those from before"),
        (Checkpoint("other.example", 300, claim(300).root), tree(300).consistency(256), "of the log other"),
    ):
        with pytest.raises(NotExtended, match=why):
            witness.check_extends(claim(256), offered, proof)


def test_an_offer_reads_back_as_it_was_written() -> None:
    signed = note.sign(claim(7).text(), name="log.example", private=LOG)
    proof = tree(7).consistency(4)
    offer = witness.parse_offer(witness.write_offer(old=4, proof=proof, note=signed))
    assert (offer.old, list(offer.proof), offer.note) == (4, proof, signed)
    assert witness.parse_offer(witness.write_offer(old=0, proof=[], note=signed)).proof == ()
    for broken in ("", "old 4\n", "old 04\n\nx", "old -1\n\nx", "new 4\n\nx", "old 4\n!\n\nx"):
        with pytest.raises(NoteError):
            witness.parse_offer(broken)
