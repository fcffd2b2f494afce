import pytest

from edge_sync.agent.machine import feed


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


def copied(path, more=b""):
    """The file is replaced by a copy of it: same bytes, another number on the disk."""
    made = path.with_suffix(".copy")
    made.write_bytes(path.read_bytes() + more)
    made.replace(path)


@pytest.mark.parametrize("more", [b"", b"d\ne\n"])
def test_an_equal_or_longer_copy_goes_on_where_it_was(path, more):
    write(path, "a", "b", "c")
    _found, place = drain(path, feed.Place())
    copied(path, more)
    found, place = drain(path, place)
    assert found == more.decode().split()
    write(path, "z")
    assert drain(path, place)[0] == ["z"]


def test_a_file_that_is_truncated_in_place_starts_anew(path):
    write(path, "a", "b", "c")
    _found, place = drain(path, feed.Place())
    path.write_text("a\nx\n", encoding="utf-8")  # the same first line, and shorter
    found, place = drain(path, place)
    assert found == ["a", "x"]
    path.write_text("", encoding="utf-8")
    _none, place = drain(path, place)
    write(path, "a", "y", "w")
    assert drain(path, place)[0] == ["a", "y", "w"]


def test_a_file_that_is_truncated_and_grows_beyond_the_place_is_told_from_the_old_one(path):
    write(path, "a", "b")
    _found, place = drain(path, feed.Place())
    path.write_text("a\nB\nC\nD\n", encoding="utf-8")
    assert drain(path, place)[0] == ["a", "B", "C", "D"]


def test_a_truncated_file_does_not_bring_back_the_rotated_one(path):
    write(path, "a", "b")
    _found, place = drain(path, feed.Place())
    rotate(path)
    write(path, "c", "d")
    _found, place = drain(path, place)
    path.write_text("e\n", encoding="utf-8")
    assert drain(path, place)[0] == ["e"]


def test_a_file_that_was_copied_away_and_truncated_is_finished_in_its_copy(path):
    write(path, "a")
    _found, place = drain(path, feed.Place())
    write(path, "b", "c")
    path.with_suffix(".jsonl.1").write_bytes(path.read_bytes())
    path.write_text("", encoding="utf-8")
    found, place = drain(path, place)
    assert found == ["b", "c"]
    write(path, "d")
    assert drain(path, place)[0] == ["d"]


def test_after_several_rotations_all_files_between_are_read_oldest_first(path):
    write(path, "a")
    _found, place = drain(path, feed.Place())
    write(path, "b")
    path.replace(path.with_suffix(".jsonl.3"))
    for number, line in ((2, "c"), (1, "d")):
        path.with_suffix(f".jsonl.{number}").write_text(f"{line}\n", encoding="utf-8")
    write(path, "e")
    found, place = drain(path, place)
    assert found == ["b", "c", "d", "e"]
    assert drain(path, place)[0] == []


def test_the_last_line_of_a_rotated_file_needs_no_end(path):
    write(path, "a")
    _found, place = drain(path, feed.Place())
    write(path, "b", end="")
    rotate(path)
    write(path, "c")
    assert drain(path, place)[0] == ["b", "c"]


def test_a_byte_order_mark_windows_line_ends_and_blank_lines_are_no_parts(path):
    path.write_bytes(b"\xef\xbb\xbf{}\r\n\r\n   \n\n[]\r\n")
    found, place = drain(path, feed.Place())
    assert [line.strip() for line in found] == ["{}", "[]"]
    assert drain(path, place)[0] == []


def test_what_rotated_before_the_first_start_belongs_to_nobody(path):
    write(path, "old")
    rotate(path)
    write(path, "a")
    found, place = drain(path, feed.Place())
    assert found == ["a"]
    path.write_text("b\n", encoding="utf-8")
    assert drain(path, place)[0] == ["b"]


def test_a_line_of_many_megabytes_is_given_once_and_nothing_behind_it_is_lost(path):
    with path.open("wb") as file:
        file.write(b"a\n")
        for _block in range(100):
            file.write(b"x" * (1 << 20))
        file.write(b'{"part": "smuggled"}\nb\n')
    found, place = drain(path, feed.Place())
    assert [line[:3] for line in found] == ["a", "xxx", "b"]
    assert all(len(line) <= feed.SHOWN for line in found)
    write(path, "c")
    assert drain(path, place)[0] == ["c"]
