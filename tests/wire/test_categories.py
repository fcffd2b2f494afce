import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_portal.foundation.wire import sketch
from mlops_portal.foundation.wire.categories import (
    GAPS,
    TRUTHS,
    alike,
    as_text,
    code_of,
    edges_of,
    text_of,
    truth_of,
)
from mlops_portal.foundation.wire.inputs import unseen_missing

WORDS = st.lists(st.text(min_size=1).map(as_text).filter(bool), min_size=1, max_size=9, unique=True)


@given(WORDS)
def test_every_category_reads_back_from_its_code(words):
    assert [text_of(code_of(one, words), words) for one in words] == words


@given(WORDS, st.text())
def test_another_word_is_unseen_and_an_empty_one_is_missing(words, other):
    code = code_of(other, words)
    if as_text(other) in words:
        assert text_of(code, words) == as_text(other)
    elif as_text(other) in GAPS:
        assert math.isnan(code)
    elif not any(set(map(str.casefold, words)) == set(pair) for pair in TRUTHS):
        assert code == len(words)
        assert text_of(code, words) is None


@given(st.text())
def test_a_form_is_its_own_form(text):
    assert as_text(as_text(text)) == as_text(text)


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
        ("T1   ", "T1"),
        ("hot\u00a0 \tair", "hot air"),
        ("gru\u0308n", "gr\u00fcn"),
        ("\ufeffL\u200b", "L"),
        ("True", "true"),
        ("FALSE", "false"),
        ("1.0", "1"),
        ("1.", "1"),
        ("01", "01"),
        ("1.10", "1.10"),
        ("bad", "bad"),
        ("BAD", "BAD"),
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


@pytest.mark.parametrize("yes", [True, 1, 1.0, "1", "true", "TRUE", "Yes", "ja", " T "])
@pytest.mark.parametrize("pair", [["false", "true"], ["No", "Yes"], ["aus", "ein"], ["0", "1"]])
def test_a_boolean_takes_every_spelling_of_yes(yes, pair):
    assert code_of(yes, pair) == 1.0


@pytest.mark.parametrize("no", [False, 0, 0.0, "0", "False", "NO", "nein", "f"])
def test_a_boolean_takes_every_spelling_of_no(no):
    assert code_of(no, ["true", "false"]) == 1.0  # the order is that of the categories


def test_a_number_is_the_category_of_its_value_as_far_as_one_category_has_it():
    assert code_of(1.5, ["1.50", "2"]) == 0.0
    assert code_of(7, ["001", "007"]) == 1.0
    assert code_of(1.1, ["1.1", "1.10"]) == 0.0
    assert code_of(1, ["01", "001"]) == 2.0  # either could be meant
    assert code_of("7", ["007"]) == 1.0  # text keeps its zeros


def test_case_tells_categories_apart_until_a_person_joins_them():
    assert code_of("ok", ["OK", "bad"]) == 2.0
    assert code_of("ok", ["OK", "bad"], ignore_case=True) == 0.0
    assert code_of("ok", ["OK", "ok"]) == 1.0


@pytest.mark.parametrize("word", ["NA", "null", "NaN", "", "  ", None, math.nan])
def test_a_word_for_nothing_is_missing_unless_it_is_a_category(word):
    assert math.isnan(code_of(word, ["a", "b"]))
    assert word != "NA" or code_of(word, ["a", "NA"]) == 1.0


def test_words_that_differ_by_case_alone_are_found_with_their_counts():
    assert alike([("ok", 3), ("OK", 9), ("bad", 2)]) == [[("OK", 9), ("ok", 3)]]


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("１２", "12"),
        ("ＯＫ", "OK"),
        ("\u3000ok", "ok"),
        ("-0.0", "0"),
        ("-0", "0"),
        (-0.0, "0"),
        ("１．０", "1"),
    ],
)
def test_width_of_letters_and_the_sign_of_nothing_tell_no_categories_apart(written, form):
    assert as_text(written) == form


@pytest.mark.parametrize(
    ("one", "other"), [("İNCE", "ince"), ("KIRIK", "kırık"), ("STRASSE", "Straße"), ("ΛΟΓΟΣ", "λογος")]
)
def test_case_that_a_person_joined_is_joined_in_every_alphabet(one, other):
    assert code_of(one, [other, "x"], ignore_case=True) == 0.0
    assert code_of(other, [one, "x"], ignore_case=True) == 0.0
    assert alike([(one, 3), (other, 5)]) == [[(other, 5), (one, 3)]]


@pytest.mark.parametrize(
    ("words", "pair"),
    [
        (["True", "false", "1", "0"], ("false", "true")),
        (["TRUE", "0"], ("false", "true")),
        (["ja", "Nein", "1"], ("nein", "ja")),
        (["0", "1"], None),
        (["t", "0", "1"], None),
        (["true", "false", "2"], None),
        (["yes", "true"], None),
    ],
)
def test_true_and_one_in_one_column_are_one_truth(words, pair):
    assert truth_of(words) == pair
