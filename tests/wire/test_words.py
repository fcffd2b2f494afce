from itertools import combinations

import pytest

from mlops_portal.foundation.wire.words import WORDS, words


def one_letter_apart(a, b):
    a, b = sorted((a, b), key=len)
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True)) == 1
    return any(b[:i] + b[i + 1 :] == a for i in range(len(b)))


def test_there_is_one_word_for_each_byte():
    assert len(WORDS) == len(set(WORDS)) == 256
    assert all(word.isascii() and word.islower() and word.isalpha() for word in WORDS)


def test_no_two_words_are_one_letter_apart():
    assert [pair for pair in combinations(WORDS, 2) if one_letter_apart(*pair)] == []


def test_a_digest_has_four_words():
    assert words("00010203" + "0" * 56) == WORDS[:4]
    assert words("ff" * 32) == (WORDS[255],) * 4


@pytest.mark.parametrize("wrong", ["", "00", "xyz", "0011zz44"])
def test_what_is_no_digest_has_no_words(wrong):
    with pytest.raises(ValueError):
        words(wrong)
