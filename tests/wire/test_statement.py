import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_portal.foundation.wire import jcs, statement
from mlops_portal.foundation.wire.errors import Invalid
from tests.wire.samples import ARTIFACT, EVIDENCE, GOLDEN, make_statement

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
DIGEST = st.binary(max_size=8).map(lambda data: sha256(data).hexdigest())
MOMENT = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)).map(
    lambda when: when.replace(tzinfo=UTC, microsecond=0)
)
TEXTS = [
    *("model", "meaning", "person_id", "person_name", "role"),
    *("comment", "line", "policy", "request", "nonce"),
]
TARGETS = st.dictionaries(TEXT.filter(bool), st.integers(1, 1 << 40), min_size=1, max_size=4)


@st.composite
def said(draw):
    targets = draw(TARGETS)
    texts = {field: draw(TEXT) for field in TEXTS}
    digests = {field: draw(DIGEST) for field in ("artifact", "spec", "golden", "evidence")}
    return {
        **texts,
        **digests,
        "verdict": draw(st.sampled_from(statement.VERDICTS)),
        "targets": targets,
        "predecessors": {asset: draw(st.one_of(st.just(""), DIGEST)) for asset in targets},
        "fallback": draw(st.one_of(st.just(""), DIGEST)),
        "time": draw(MOMENT),
        "not_after": draw(MOMENT),
    }


@given(said())
def test_what_was_said_reads_back(fields):
    found = statement.parse(statement.canonical(statement.build(**fields)))
    assert {name: getattr(found, name) for name in fields} == fields


def leaves(value, path=()):
    if isinstance(value, dict):
        for key, one in value.items():
            yield (*path, key)
            yield from leaves(one, (*path, key))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from leaves(one, (*path, index))


WHOLE = json.loads(make_statement())
PLACES = list(leaves(WHOLE))


def without(path):
    copy = json.loads(make_statement())
    at = copy
    for step in path[:-1]:
        at = at[step]
    del at[path[-1]]
    return copy


# the two maps may name any assets, so what is missing is found by comparing them
@pytest.mark.parametrize("path", PLACES, ids=lambda path: "/".join(map(str, path)))
def test_a_missing_field_is_refused(path):
    with pytest.raises(Invalid):
        statement.parse(jcs.canonical(without(path)))


@pytest.mark.parametrize("path", [("more",), ("predicate", "more"), ("subject", 0, "more")])
def test_an_unknown_field_is_refused(path):
    copy = json.loads(make_statement())
    at = copy
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = "x"
    with pytest.raises(Invalid):
        statement.parse(jcs.canonical(copy))


@pytest.mark.parametrize("value", [None, 1.5, [], {}, True])
@pytest.mark.parametrize("path", PLACES, ids=lambda path: "/".join(map(str, path)))
def test_a_field_of_another_kind_is_refused(path, value):
    copy = json.loads(make_statement())
    at = copy
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    with pytest.raises(Invalid):
        statement.parse(jcs.canonical(copy))


@pytest.mark.parametrize(
    "change",
    [
        {"targets": {}, "predecessors": {}},
        {"targets": {"press-3": 0}},
        {"targets": {"press-3": -1}},
        {"predecessors": {"press-4": ""}},
        {"predecessors": {"press-3": "abc"}},
        {"artifact": ARTIFACT.upper()},
        {"golden": GOLDEN[:-1]},
        {"evidence": ""},
        {"fallback": "none"},
        {"verdict": "Approve"},
    ],
)
def test_a_value_that_nobody_may_sign_is_refused(change):
    with pytest.raises(Invalid):
        statement.parse(make_statement(**change))


def test_a_time_without_a_zone_is_refused():
    text = make_statement().replace(b"2026-11-22T11:55:00+00:00", b"2026-11-22T11:55:00")
    with pytest.raises(Invalid, match="zone"):
        statement.parse(text)


def test_other_bytes_for_the_same_value_are_refused():
    payload = make_statement()
    for other in (
        b" " + payload,
        json.dumps(json.loads(payload)).encode(),
        payload.replace(b'"_type"', b'"_type":"x","_type"'),
        b"[" * 100_000,
        b"\xff",
        b"",
    ):
        with pytest.raises(Invalid):
            statement.parse(other)


def test_the_encoding_is_that_of_dsse():
    """The example of DSSE's protocol.md: PAE("http://example.com/HelloWorld", "hello world"), by its rule."""
    assert statement.pae(b"hello world") == b"DSSEv1 28 application/vnd.in-toto+json 11 hello world"
    assert statement.challenge(b"x") == sha256(statement.pae(b"x")).digest()


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_two_payloads_never_share_an_encoding(a, b):
    assert (statement.pae(a) == statement.pae(b)) == (a == b)


def test_a_change_of_any_field_changes_the_challenge():
    before = statement.challenge(make_statement())
    for change in (
        {"verdict": "reject"},
        {"evidence": ARTIFACT},
        {"golden": EVIDENCE},
        {"nonce": "2"},
        {"targets": {"press-3": 3}},
        {"not_after": datetime(2027, 1, 1, tzinfo=UTC)},
        {"time": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=1)},
    ):
        assert statement.challenge(make_statement(**change)) != before
