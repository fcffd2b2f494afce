import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_portal.foundation.wire import jcs
from tests.wire.vectors import cases

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize("case", cases("jcs"), ids=lambda case: case["name"])
def test_public_vectors_are_written_as_their_authors_say(case):
    assert jcs.canonical(json.loads(case["input"])) == case["output"].encode()


@given(VALUES)
def test_what_was_written_reads_back_and_is_canonical(value):
    written = jcs.canonical(value)
    assert jcs.parse(written) == value
    assert jcs.canonical(jcs.parse(written)) == written


@pytest.mark.parametrize(
    "text", ['{"b":1,"a":2}', '{"a": 1}', '{"a":1.0}', '{"a":1,"a":1}', "NaN", "[1,]", ""]
)
def test_text_in_another_form_is_refused(text):
    with pytest.raises(ValueError):
        jcs.parse(text)


@pytest.mark.parametrize("value", [2**53, float("nan"), float("inf"), "\ud800"])
def test_values_that_other_readers_would_read_differently_are_refused(value):
    with pytest.raises(ValueError):
        jcs.canonical({"value": value})
