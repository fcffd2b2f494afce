import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from mlops_portal.foundation.wire import note

NAME = "plant.example/log"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = note.public_key(NAME, PRIVATE)
SIGNED = note.sign("first\n\nsecond\n", name=NAME, private=PRIVATE)
LINES = st.lists(st.text(st.characters(exclude_categories=["Cs"], min_codepoint=32)), min_size=1)


@given(LINES)
def test_what_was_signed_verifies_and_reads_back(lines):
    text = "\n".join(lines) + "\n"
    found, signers = note.verify(note.sign(text, name=NAME, private=PRIVATE), [KEY])
    assert (found, signers) == (text, [KEY])


@given(st.integers(0, len(SIGNED.encode()) - 1), st.integers(1, 255))
def test_no_changed_byte_passes_for_the_signed_text(at, change):
    raw = bytearray(SIGNED.encode())
    raw[at] ^= change
    try:
        text, _signers = note.verify(bytes(raw), [KEY])
    except note.NoteError:
        return
    assert text == "first\n\nsecond\n"  # unused bits of base64, never another text


def test_a_cosigner_who_is_not_known_is_ignored():
    other = note.sign("first\n\nsecond\n", name="other.example", private=Ed25519PrivateKey.generate())
    both = SIGNED + other.rsplit("\n\n", 1)[1]
    assert note.verify(both, [KEY])[1] == [KEY]


def test_a_known_key_whose_signature_fails_refuses_the_whole_note():
    other = Ed25519PrivateKey.generate()
    bad = base64.b64encode(note.public_key("b.example", other).key_id + bytes(64)).decode()
    with pytest.raises(note.NoteError, match="does not fit"):
        note.verify(f"{SIGNED}— b.example {bad}\n", [KEY, note.public_key("b.example", other)])


def test_a_note_that_no_known_key_signed_is_refused():
    with pytest.raises(note.NoteError, match="no known key"):
        note.verify(SIGNED, [note.public_key("b.example", PRIVATE)])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text\n",
        "text\n\n",
        SIGNED[:-1],
        SIGNED.replace("—", "-"),
        SIGNED.replace("first", "fi\rst"),
        SIGNED.replace(NAME, "two names"),
        SIGNED.replace(NAME, "a+b"),
        SIGNED + "\n",
        "text\n\n— a.example AAAA\n",
        "text\n\n— a.example ?!\n",
        "text\n\n" + "— a.example AAAAAAAA\n" * 65,
        b"\xff" + SIGNED.encode(),
    ],
)
def test_a_malformed_note_is_refused(text):
    with pytest.raises(note.NoteError):
        note.split(text)


def test_the_notes_of_the_specifications_are_read():
    text, signatures = note.split(
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGz"
        "Gku9nTo+zyWE+xeMcTOAYQ8=\n"
    )
    assert text.count("\n") == 3
    assert (signatures[0].name, len(signatures[0].value)) == ("example.com/behind-the-sofa", 64)


def test_a_key_reads_back_and_its_id_guards_it():
    assert note.Key.parse(str(KEY)) == KEY
    for wrong in (str(KEY).replace(NAME, "x.example"), "x", "", str(KEY)[:-4]):
        with pytest.raises(note.NoteError):
            note.Key.parse(wrong)
