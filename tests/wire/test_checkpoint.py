import pytest

from mlops_portal.foundation.wire import checkpoint
from mlops_portal.foundation.wire.note import NoteError

TEXT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


def test_the_specifications_example_is_read_and_written():
    found = checkpoint.parse(TEXT)
    assert (found.origin, found.size, len(found.root)) == ("example.com/behind-the-sofa", 20852163, 32)
    assert found.text() == TEXT


def test_extension_lines_are_kept():
    assert checkpoint.parse(TEXT + "more\n").extensions == ("more",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        TEXT[:-1],
        TEXT + "\n",
        TEXT.replace("20852163", "020852163"),
        TEXT.replace("20852163", "-1"),
        TEXT.replace("20852163", "٣"),
        TEXT.replace("CsUY", "CsU"),
        TEXT.replace("q2I=", "q2J="),
        TEXT.replace("example.com/behind-the-sofa", ""),
    ],
)
def test_a_malformed_checkpoint_is_refused(text):
    with pytest.raises(NoteError):
        checkpoint.parse(text)
