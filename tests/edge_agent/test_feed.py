import pytest

from edge_sync.agent import feed


@pytest.fixture
def path(tmp_path):
    return tmp_path / "press-3.jsonl"


def write(path, *lines, end="\n"):
    with path.open("a", encoding="utf-8") as file:
        file.write("".join(f"{line}{end}" for line in lines))


def rotate(path):
    path.replace(path.with_suffix(".jsonl.1"))


def drain(path, place, limit=3):
    found, at_end = [], False
    while not at_end:
        read = feed.read(path, place, limit=limit)
        found += [line.decode() for line in read.lines]
        place, at_end = read.place, read.at_end
    return found, place


def test_a_feed_that_is_not_there_yet_is_empty(path):
    assert drain(path, feed.Place()) == ([], feed.Place())


def test_lines_are_read_once(path):
    write(path, *"abcdefg")
    found, place = drain(path, feed.Place())
    assert found == [*"abcdefg"]
    assert drain(path, place)[0] == []
    write(path, "h")
    assert drain(path, place)[0] == ["h"]


def test_half_a_line_waits_for_its_end(path):
    write(path, "a")
    write(path, "half", end="")
    found, place = drain(path, feed.Place())
    assert found == ["a"]
    write(path, " and half")
    assert drain(path, place)[0] == ["half and half"]


def test_a_rotated_file_is_finished_first(path):
    write(path, "a", "b")
    _found, place = drain(path, feed.Place())
    write(path, "c", "d")
    rotate(path)
    write(path, "e")
    assert drain(path, place)[0] == ["c", "d", "e"]


def test_a_rotated_file_is_finished_also_before_the_new_one_has_a_line(path):
    write(path, "a")
    _found, place = drain(path, feed.Place())
    write(path, "b")
    rotate(path)
    write(path, "c", end="")
    found, place = drain(path, place)
    assert found == ["b"]
    write(path, "")
    assert drain(path, place)[0] == ["c"]


def test_after_two_rotations_the_file_between_is_read_whole(path):
    write(path, "a")
    _found, place = drain(path, feed.Place())
    rotate(path)
    write(path, "b", "c")
    rotate(path)
    write(path, "d")
    assert drain(path, place)[0] == ["b", "c", "d"]


def test_another_file_with_the_same_inode_is_told_apart(path):
    write(path, "a", "b")
    _found, place = drain(path, feed.Place())
    path.write_text("x\ny\nz\n", encoding="utf-8")  # the file system keeps the inode
    assert drain(path, place)[0] == ["x", "y", "z"]


def test_a_line_without_end_is_passed_over(path):
    write(path, "a")
    write(path, "x" * (feed.LARGEST_READ + 10), "b")
    found, _place = drain(path, feed.Place())
    assert (found[0], found[-1]) == ("a", "b")
