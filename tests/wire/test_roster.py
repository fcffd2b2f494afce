import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_portal.foundation.wire import assertion, roster
from mlops_portal.foundation.wire.assertion import AssertionRefused
from mlops_portal.foundation.wire.errors import Invalid
from tests.wire.samples import BOTH, EXPERT, ORIGIN, QUALITY, SEAL, STRANGER, make_roster, make_statement
from tests.wire.samples import parsed_roster as parsed

PAYLOAD = make_statement()
ROLES = ["quality_engineer", "domain_expert", "ml_engineer"]


def parse(**changes):
    return roster.parse(json.dumps(make_roster() | changes).encode())


def refusal(by_roster, payload, envelope, **more):
    with pytest.raises(AssertionRefused) as refused:
        roster.check_decision(by_roster, payload, envelope, **more)
    return refused.value.reason


def test_a_roster_reads_back():
    found = parsed()
    assert (found.line, found.version, found.origins) == ("line-2", 1, (ORIGIN,))
    assert found.people["11"].roles == {"quality_engineer"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("format", "mlops-portal/roster@2"),
        ("line", 2),
        ("version", 0),
        ("version", "1"),
        ("version", True),
        ("expires", "2026-12-22T12:00:00"),
        ("expires", "soon"),
        ("expires", None),
        ("rp_id", None),
        ("origins", ORIGIN),
        ("origins", [3]),
        ("minimum_assurance", "none"),
        ("quorum", {}),
        ("quorum", {"quality_engineer": 0}),
        ("quorum", {"quality_engineer": 0.5}),
        ("quorum", {"quality_engineer": "1"}),
        ("quorum", {"quality_engineer": True}),
        ("people", {}),
        ("people", [QUALITY.entry(), QUALITY.entry()]),
        ("people", [QUALITY.entry(), EXPERT.entry() | {"passkeys": QUALITY.entry()["passkeys"]}]),
        ("people", [QUALITY.entry() | {"passkeys": QUALITY.entry()["passkeys"] * 2}]),
        ("people", [QUALITY.entry() | {"passkeys": [{"id": "x", "public_key": "a+b"}]}]),
        ("people", [QUALITY.entry() | {"roles": "quality_engineer"}]),
        ("people", [QUALITY.entry() | {"id": 11}]),
        ("people", [[]]),
        ("seal_keys", [{"id": "approval"}]),
        ("seal_keys", [{"id": "approval", "public": "zz"}]),
        ("revoked", None),
        ("more", 1),
    ],
)
def test_a_roster_that_does_not_fit_is_refused(field, value):
    with pytest.raises(Invalid):
        parse(**{field: value})


@pytest.mark.parametrize("data", [b"", b"[]", b"[" * 100_000, b"\xff"])
def test_what_is_no_roster_is_refused(data):
    with pytest.raises(Invalid):
        roster.parse(data)


def test_a_decision_of_somebody_in_the_roster_counts():
    found = roster.check_decision(parsed(), PAYLOAD, QUALITY.sign(PAYLOAD))
    assert (found.person.name, found.assurance) == ("Quinn Quality", "passkey")


def test_a_stranger_does_not_count():
    payload = make_statement(STRANGER)
    assert refusal(parsed(), payload, STRANGER.sign(payload)) == "stranger"


def test_a_role_that_the_person_does_not_hold_does_not_count():
    payload = make_statement(EXPERT, role="quality_engineer")
    assert refusal(parsed(), payload, EXPERT.sign(payload)) == "role"


def test_nobody_signs_for_another():
    assert refusal(parsed(), PAYLOAD, EXPERT.sign(PAYLOAD)) == "key"
    forged = EXPERT.sign(PAYLOAD) | {"credential_id": QUALITY.credential}
    assert refusal(parsed(), PAYLOAD, forged) == "signature"


@pytest.mark.parametrize("credential", [None, 3, [], {}])
def test_a_credential_that_is_no_text_is_refused(credential):
    assert refusal(parsed(), PAYLOAD, QUALITY.sign(PAYLOAD) | {"credential_id": credential}) == "key"


def test_a_revoked_key_does_not_count():
    envelope = QUALITY.sign(PAYLOAD)
    assert refusal(parsed(revoked=[QUALITY.credential]), PAYLOAD, envelope) == "key"
    assert refusal(parsed(), PAYLOAD, envelope, revoked={QUALITY.credential}) == "key"


def test_a_seal_counts_only_where_the_roster_says_so():
    envelope = assertion.seal(PAYLOAD, SEAL, key_id="approval")
    assert refusal(parsed(), PAYLOAD, envelope) == "assurance"
    weaker = parsed(minimum_assurance="code")
    assert roster.check_decision(weaker, PAYLOAD, envelope).assurance == "code"
    assert roster.check_decision(weaker, PAYLOAD, QUALITY.sign(PAYLOAD)).assurance == "passkey"
    assert refusal(weaker, PAYLOAD, envelope | {"key_id": "other"}) == "key"
    assert refusal(weaker, PAYLOAD, envelope | {"kind": "none"}) == "malformed"
    assert refusal(weaker, PAYLOAD, envelope, revoked={"approval"}) == "key"


@given(
    st.dictionaries(st.sampled_from(ROLES), st.integers(1, 2), min_size=1),
    st.dictionaries(st.sampled_from("abcde"), st.sets(st.sampled_from(ROLES)), max_size=5),
)
def test_a_quorum_is_met_exactly_when_people_can_be_placed(quorum, held):
    """Against trying every way of placing people."""
    places = [role for role, count in quorum.items() for _ in range(count)]
    possible = any(
        all(role in held[person] for role, person in zip(places, order, strict=True))
        for order in itertools.permutations(held, len(places))
    )
    found = roster.quorum_met(quorum, held)
    assert found.met == possible
    assert sum(found.missing.values()) == 0 if possible else sum(found.missing.values()) > 0


def test_somebody_with_two_roles_fills_one_place():
    quorum = {"quality_engineer": 1, "domain_expert": 1}
    alone = roster.quorum_met(quorum, {BOTH.id: BOTH.roles})
    assert (alone.met, sum(alone.missing.values())) == (False, 1)
    assert roster.quorum_met(quorum, {BOTH.id: BOTH.roles, QUALITY.id: QUALITY.roles}).met
    assert roster.quorum_met(quorum, {BOTH.id: BOTH.roles, EXPERT.id: EXPERT.roles}).met
