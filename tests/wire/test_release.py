import json
from datetime import timedelta

import pytest

from mlops_portal.foundation.wire import jcs, release
from mlops_portal.foundation.wire.assertion import b64url
from mlops_portal.foundation.wire.errors import Invalid
from mlops_portal.foundation.wire.release import Refused, Seen
from tests.wire.samples import (
    ARTIFACT,
    BOTH,
    EXPERT,
    GOLDEN,
    NOW,
    QUALITY,
    SPEC,
    make_descriptor,
    sealed,
    signed,
)
from tests.wire.samples import parsed_roster as parsed

ONE = signed()
OTHER = "f" * 64


def accept(
    descriptor, *carried, by_roster=None, seen=None, now=NOW, line="line-2", asset="press-3", revoked=()
):
    return release.accept(
        release.parse(descriptor),
        carried,
        by_roster or parsed(),
        line=line,
        asset=asset,
        seen=seen,
        now=now,
        revoked=revoked,
    )


def reason(descriptor, *carried, **more):
    with pytest.raises(Refused) as refused:
        accept(descriptor, *carried, **more)
    return refused.value.reason


def test_an_approved_release_is_accepted():
    found = accept(make_descriptor(ONE), ONE)
    assert [one.person.name for one in found.decisions] == ["Quinn Quality"]


def test_a_release_for_another_machine_is_refused():
    assert reason(make_descriptor(ONE), ONE, asset="press-4") == "wrong-target"
    assert reason(make_descriptor(ONE), ONE, line="line-1") == "wrong-target"
    assert reason(make_descriptor(ONE, asset="press-4"), ONE, asset="press-4") == "wrong-target"


def test_an_old_number_is_refused():
    assert reason(make_descriptor(ONE), ONE, seen=Seen(3, OTHER)) == "old-number"


def test_the_same_number_with_other_content_is_refused():
    descriptor = make_descriptor(ONE)
    accept(descriptor, ONE, seen=Seen(2, release.parse(descriptor).digest))
    assert reason(descriptor, ONE, seen=Seen(2, OTHER)) == "changed-content"


@pytest.mark.parametrize(
    ("expected", "change"),
    [
        ("artifact-mismatch", {"artifact": OTHER}),
        ("wrong-target", {"number": 3}),
        ("spec-mismatch", {"spec": OTHER}),
        ("golden-mismatch", {"golden": OTHER}),
        ("fallback-mismatch", {"fallback": OTHER}),
        ("statement-missing", {"statements": [ONE.digest, OTHER]}),
        ("wrong-target", {"line": "line-1"}),
        ("wrong-target", {"asset": "press-4"}),
    ],
)
def test_a_change_of_any_field_that_was_approved_is_refused(expected, change):
    assert reason(make_descriptor(ONE, **change), ONE) == expected


@pytest.mark.parametrize(
    ("expected", "change"),
    [
        ("not-an-approval", {"verdict": "return"}),
        ("not-an-approval", {"verdict": "reject"}),
        ("wrong-target", {"line": "line-1"}),
        ("wrong-target", {"targets": {"press-3": 1}}),
        ("wrong-target", {"targets": {"press-4": 2}, "predecessors": {"press-4": ""}}),
        ("artifact-mismatch", {"artifact": OTHER}),
        ("spec-mismatch", {"spec": OTHER}),
        ("golden-mismatch", {"golden": OTHER}),
        ("fallback-mismatch", {"fallback": OTHER}),
        ("expired", {"not_after": NOW}),
        ("role", {"role": "domain_expert"}),
        ("stranger", {"person_id": "99"}),
        ("malformed", {"verdict": "perhaps"}),
    ],
)
def test_a_statement_that_says_something_else_is_refused(expected, change):
    one = signed(**change)
    assert reason(make_descriptor(one), one) == expected


def fields(value, path=()):
    for key, one in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(one, dict | list):
            yield from fields(one, (*path, key))
        else:
            yield (*path, key)


@pytest.mark.parametrize("path", list(fields(json.loads(ONE.statement))), ids=lambda p: "/".join(map(str, p)))
def test_a_statement_altered_after_signing_is_refused_wherever_it_was_altered(path):
    """Even where the descriptor names the altered bytes: the signature is over others."""
    whole = json.loads(ONE.statement)
    at = whole
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = at[path[-1]] + 1 if isinstance(at[path[-1]], int) else at[path[-1]] + "0"
    altered = release.Signed(jcs.canonical(whole), ONE.envelope)
    reason(make_descriptor(altered), altered)
    assert reason(make_descriptor(ONE), altered) == "statement-missing"


@pytest.mark.parametrize("field", ["kind", "credential_id", "authenticator_data", "client_data", "signature"])
def test_an_altered_envelope_is_refused(field):
    for value in ("", "AAAA", None, b64url(b"x" * 64)):
        altered = release.Signed(ONE.statement, {**ONE.envelope, field: value})
        reason(make_descriptor(altered), altered)


@pytest.mark.parametrize(
    ("expected", "change"),
    [
        ("roster", {"line": "line-1"}),
        ("roster-expired", {"expires": NOW}),
        ("relying-party", {"rp_id": "portal.example"}),
        ("origin", {"origins": ["https://portal.example"]}),
        ("quorum", {"quorum": {"quality_engineer": 2}}),
        ("quorum", {"quorum": {"domain_expert": 1}}),
        ("stranger", {"people": [EXPERT.entry()]}),
        ("role", {"people": [QUALITY.entry() | {"roles": ["domain_expert"]}]}),
        ("key", {"people": [QUALITY.entry() | {"passkeys": EXPERT.entry()["passkeys"]}]}),
        ("key", {"revoked": [QUALITY.credential]}),
    ],
)
def test_another_roster_refuses(expected, change):
    assert reason(make_descriptor(ONE), ONE, by_roster=parsed(**change)) == expected


def test_expiry_bounds_the_first_acceptance_alone():
    descriptor = make_descriptor(ONE)
    seen = Seen(2, release.parse(descriptor).digest)
    later = NOW + timedelta(days=400)
    accept(descriptor, ONE, seen=seen, now=later)
    assert reason(descriptor, ONE, now=NOW + timedelta(days=8)) == "expired"
    assert reason(descriptor, ONE, now=later) == "roster-expired"


def test_two_people_fill_two_places_and_one_person_does_not():
    quorum = {"quality_engineer": 1, "domain_expert": 1}
    both, expert = signed(BOTH), signed(EXPERT)
    accept(make_descriptor(both, expert), both, expert, by_roster=parsed(quorum=quorum))
    again = signed(BOTH, role="domain_expert", nonce="again")
    assert reason(make_descriptor(both, again), both, again, by_roster=parsed(quorum=quorum)) == "quorum"


@pytest.mark.parametrize("change", [{"request": "2"}, {"evidence": OTHER}, {"policy": "line-2/2"}])
def test_statements_on_different_grounds_do_not_add_up(change):
    one, two = signed(BOTH), signed(EXPERT, **change)
    assert reason(make_descriptor(one, two), one, two) == "mixed-grounds"


def test_a_seal_does_not_move_a_line_that_demands_passkeys():
    one = sealed()
    assert reason(make_descriptor(one), one) == "assurance"
    accept(make_descriptor(one), one, by_roster=parsed(minimum_assurance="code"))


def test_a_revocation_that_a_node_remembers_refuses():
    assert reason(make_descriptor(ONE), ONE, revoked={QUALITY.credential}) == "key"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("format", "mlops-portal/release@2"),
        ("number", 0),
        ("number", True),
        ("number", "2"),
        ("artifact", "../../etc/passwd"),
        ("artifact", ARTIFACT.upper()),
        ("spec", SPEC[:-1]),
        ("golden", ""),
        ("fallback", "none"),
        ("artifact_size", "1000"),
        ("statements", []),
        ("statements", ["../x"]),
        ("statements", [ONE.digest, ONE.digest]),
        ("statements", [3]),
        ("line", None),
        ("more", 1),
    ],
)
def test_a_descriptor_that_does_not_fit_is_refused(field, value):
    whole = json.loads(make_descriptor(ONE)) | {field: value}
    with pytest.raises(Invalid):
        release.parse(jcs.canonical(whole))


def test_a_descriptor_reads_back():
    found = release.parse(make_descriptor(ONE))
    assert (found.number, found.artifact, found.golden, found.statements) == (
        2,
        ARTIFACT,
        GOLDEN,
        (ONE.digest,),
    )


def test_a_signed_statement_reads_back_from_its_file():
    assert release.parse_signed(release.signed_file(ONE.statement, ONE.envelope)) == ONE


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"3", b'{"statement":3,"envelope":{}}', b'{"statement":"?","envelope":{}}', b"[" * 100_000],
)
def test_what_is_no_signed_statement_is_refused(data):
    with pytest.raises(Invalid):
        release.parse_signed(data)
