from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mlops_portal.foundation.wire import nodeauth

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
REQUEST = {"method": "POST", "path": "/api/v1/edge/telemetry?x=1", "body": b"{}"}


def check(**changes):
    headers = nodeauth.sign(KEY, node="node-1", now=NOW, **REQUEST)
    said = REQUEST | {
        "public": KEY.public_key().public_bytes_raw(),
        "time": headers[nodeauth.TIME],
        "signature": headers[nodeauth.SIGNATURE],
        "now": NOW,
    }
    said |= changes
    nodeauth.verify(said.pop("public"), **said)


def test_a_signed_request_passes():
    check()
    check(now=NOW + timedelta(minutes=59))


@pytest.mark.parametrize(
    "change",
    [
        {"method": "PUT"},
        {"path": "/api/v1/edge/reports"},
        {"path": "/api/v1/edge/telemetry\ud800"},
        {"body": b"{} "},
        {"time": "2026-11-22T12:00:01+00:00"},
        {"time": "yesterday"},
        {"time": ""},
        {"signature": "00" * 64},
        {"signature": "zz"},
        {"signature": ""},
        {"public": bytes(32)},
        {"public": b""},
    ],
)
def test_any_change_is_refused(change):
    with pytest.raises(nodeauth.NodeNotKnown):
        check(**change)


@pytest.mark.parametrize("off", [timedelta(minutes=61), -timedelta(minutes=61)])
def test_a_clock_that_is_far_off_is_refused_and_said(off):
    with pytest.raises(nodeauth.NodeNotKnown, match="set the node's clock"):
        check(now=NOW + off)
