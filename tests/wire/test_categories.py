import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_portal.wire import sketch
from mlops_portal.wire.categories import as_text, code_of, edges_of, text_of
from mlops_portal.wire.inputs import unseen_missing

WORDS = st.lists(
    st.text(min_size=1).filter(lambda one: one == one.strip()), min_size=1, max_size=9, unique=True
)


@given(WORDS)
def test_every_category_reads_back_from_its_code(words):
    assert [text_of(code_of(one, words), words) for one in words] == words


@given(WORDS, st.text())
def test_another_word_is_unseen_and_an_empty_one_is_missing(words, other):
    code = code_of(other, words)
    if not other.strip():
        assert math.isnan(code)
    elif other.strip() not in words:
        assert code == len(words)
        assert text_of(code, words) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (math.nan, ""),
        (3, "3"),
        (3.0, "3"),
        (2.5, "2.5"),
        (True, "true"),
        (False, "false"),
        (" L ", "L"),
    ],
)
def test_a_value_is_written_as_a_person_would(value, text):
    assert as_text(value) == text


def test_a_sketch_has_a_bin_for_each_category_one_for_the_unseen_and_one_for_the_missing():
    words = ["L", "M", "H"]
    codes = [code_of(one, words) for one in ("L", "M", "M", "H", "X", "Y", None)]
    assert sketch.bin_counts(codes, edges_of(words)).tolist() == [1, 2, 1, 2, 1]


def test_a_model_gets_an_unseen_category_as_missing_and_numbers_as_they_are():
    rows = np.array([[3.0, 3.0], [2.0, 1e9], [np.nan, np.nan]])
    found = unseen_missing(rows, [3, 0])
    np.testing.assert_array_equal(found, [[np.nan, 3.0], [2.0, 1e9], [np.nan, np.nan]])
