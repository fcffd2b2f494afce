import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_portal.foundation.wire import merkle, tiles

LEAVES = [merkle.leaf_hash(number.to_bytes(4, "big")) for number in range(70_000)]


@pytest.fixture(scope="module")
def stored() -> dict[tuple[int, int], bytes]:
    """All tiles of 70,000 leaves, built level by level from the definition."""
    found, level, row = {}, 0, LEAVES
    while row:
        for index in range(-(-len(row) // 256)):
            found[level, index] = b"".join(row[index * 256 : index * 256 + 256])
        row = [tiles.subtree(row[at : at + 256]) for at in range(0, len(row) // 256 * 256, 256)]
        level += 1
    return found


@pytest.fixture(scope="module")
def tree_of(stored):
    return lambda size: tiles.Tree(size, lambda tile: stored[tile.level, tile.index][: tile.width * 32])


def test_paths_are_those_of_the_specification():
    assert tiles.Tile(0, 1234067).path == "tile/0/x001/x234/067"
    assert tiles.Tile(1, 0, 17).path == "tile/1/000.p/17"
    assert tiles.bundle_path(1234067, 8) == "tile/entries/x001/x234/067.p/8"


def test_a_tree_of_70000_has_the_tiles_of_the_specifications_example():
    assert tiles.edge_tiles(70_000) == [tiles.Tile(0, 273, 112), tiles.Tile(1, 1, 17), tiles.Tile(2, 0, 1)]
    assert tiles.tile_count(70_000) == 273 + 1 + 1 + 1 + 1
    assert tiles.edge_tiles(256) == [tiles.Tile(1, 0, 1)]


@given(st.integers(0, 63), st.integers(0, 10**12), st.integers(1, 256))
def test_a_path_reads_back(level, index, width):
    tile = tiles.Tile(level, index, width)
    _, number, path = tile.path.split("/", 2)
    assert tiles.parse_path(number, path) == tile


@pytest.mark.parametrize(
    ("level", "path"),
    [
        ("00", "000"),
        ("64", "000"),
        ("-1", "000"),
        ("٣", "000"),
        ("0", "0"),
        ("0", "0000"),
        ("0", "x000/001"),
        ("0", "001/002"),
        ("0", "000.p/0"),
        ("0", "000.p/01"),
        ("0", "000.p/256"),
        ("0", "000.p/"),
        ("0", "000/"),
        ("0", "../000"),
        ("0", "000\n"),
        ("entries", "000"),
        ("0", "x001/" * 40 + "000"),
    ],
)
def test_paths_spelled_otherwise_are_refused(level, path):
    with pytest.raises(ValueError):
        tiles.parse_path(level, path)


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 65_535, 65_536, 65_537, 70_000])
def test_the_root_from_tiles_is_the_root_of_the_leaves(tree_of, size):
    assert tree_of(size).root() == merkle.root_of(LEAVES[:size])


@given(st.data())
def test_inclusion_proofs_from_tiles_verify(tree_of, data):
    size = data.draw(st.integers(1, 70_000))
    index = data.draw(st.integers(0, size - 1))
    tree = tree_of(size)
    proof = tree.inclusion(index)
    merkle.verify_inclusion(index=index, size=size, leaf=LEAVES[index], proof=proof, root=tree.root())
    with pytest.raises(merkle.ProofError):
        merkle.verify_inclusion(index=index, size=size, leaf=b"x" * 32, proof=proof, root=tree.root())


@given(st.data())
def test_consistency_proofs_from_tiles_verify(tree_of, data):
    second = data.draw(st.integers(1, 70_000))
    first = data.draw(st.integers(1, second))
    claim = {"first": first, "second": second, "proof": tree_of(second).consistency(first)}
    roots = {"first_root": tree_of(first).root(), "second_root": tree_of(second).root()}
    merkle.verify_consistency(**claim, **roots)
    with pytest.raises(merkle.ProofError):
        merkle.verify_consistency(**claim, **{**roots, "first_root": b"x" * 32})


def test_the_edge_that_tiles_give_goes_on_growing(tree_of):
    range_ = tree_of(65_000).compact()
    for leaf in LEAVES[65_000:65_700]:
        range_.append(leaf)
    assert range_.root() == merkle.root_of(LEAVES[:65_700])


def test_a_tile_that_is_too_short_is_refused():
    with pytest.raises(ValueError):
        tiles.Tree(2, lambda tile: b"x" * 32).root()


def test_what_lies_outside_the_tree_has_no_proof(tree_of):
    with pytest.raises(ValueError):
        tree_of(5).inclusion(5)
    with pytest.raises(ValueError):
        tree_of(5).consistency(0)


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_a_bundle_reads_back(entries):
    assert tiles.parse_bundle(tiles.bundle(entries)) == entries


def test_a_bundle_cut_short_or_an_entry_too_long_is_refused():
    whole = tiles.bundle([b"abc", b"de"])
    for cut in (1, 4, 6, len(whole) - 1):
        with pytest.raises(ValueError):
            tiles.parse_bundle(whole[:cut])
    with pytest.raises(ValueError):
        tiles.bundle([b"x" * 65_536])
