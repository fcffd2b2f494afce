import json

import pytest

from mlops_portal.foundation.wire import receipt
from mlops_portal.foundation.wire.receipt import Delivery, Receipt, Refusal

ONE = Delivery.of("telemetry", "node-2", "5", b"{}")
PROBLEM = {"type": "urn:mlops-portal:problem:invalid", "status": 422, "detail": "It does not fit."}


def read(said, *, status=202, media_type=receipt.RECEIPT_TYPE, delivery=ONE):
    return receipt.read(delivery, status=status, media_type=media_type, body=json.dumps(said).encode())


def test_a_receipt_says_what_was_taken():
    assert read(receipt.write(ONE)) == Receipt({})
    wanted = Delivery.of("wanted", "node-2", "nonce", b"")
    assert read(receipt.write(wanted, rows=["a"]), delivery=wanted) == Receipt({"rows": ["a"]})


@pytest.mark.parametrize(
    "change",
    [
        {"format": "mlops-portal/refusal@1"},
        {"format": None},
        {"kind": "reports"},
        {"node": "node-3"},
        {"id": "6"},
        {"id": 5},
        {"digest": "0" * 64},
    ],
)
def test_one_field_off_and_it_is_nobodys(change):
    assert read(receipt.write(ONE) | change) is None


@pytest.mark.parametrize("status", [100, 199, 204 + 100, 400, 500])
def test_a_receipt_comes_with_success(status):
    assert read(receipt.write(ONE), status=status) is None


@pytest.mark.parametrize("media_type", ["", "text/html", "application/problem+json", "application/jsonp"])
def test_a_receipt_comes_as_json(media_type):
    assert read(receipt.write(ONE), media_type=media_type) is None
    assert read(receipt.write(ONE), media_type="Application/JSON; charset=utf-8") == Receipt({})


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"{", b"<html>", b"[" * 100_000, b"\xff\xfe", b"1" * 5000]
)
def test_whatever_else_comes_is_no_answer(body):
    for status, media_type in ((200, receipt.RECEIPT_TYPE), (422, receipt.PROBLEM_TYPE)):
        assert receipt.read(ONE, status=status, media_type=media_type, body=body) is None


def test_a_huge_receipt_is_none():
    body = json.dumps(receipt.write(ONE)).encode() + b" " * receipt.LARGEST
    assert receipt.read(ONE, status=200, media_type=receipt.RECEIPT_TYPE, body=body) is None


def test_a_refusal_names_the_delivery_the_rule_and_the_reason():
    said = PROBLEM | receipt.refusal(ONE)
    assert read(said, status=422, media_type=receipt.PROBLEM_TYPE) == Refusal(
        422, "invalid", "It does not fit."
    )


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 200),
        ({}, 400),
        ({"type": "about:blank"}, 422),
        ({"type": None}, 422),
        ({"detail": None}, 422),
        ({"digest": "0" * 64}, 422),
        ({"format": receipt.FORMAT}, 422),
        ({"status": 401}, 401),
        ({"status": 429}, 429),
        ({"status": 503}, 503),
    ],
)
def test_what_is_not_the_portals_own_final_word_refuses_nothing(change, status):
    said = PROBLEM | receipt.refusal(ONE) | change
    assert read(said, status=status, media_type=receipt.PROBLEM_TYPE) is None


def test_a_problem_that_names_no_delivery_refuses_nothing():
    assert read(PROBLEM, status=422, media_type=receipt.PROBLEM_TYPE) is None


def test_a_receipt_says_what_its_kind_says():
    with pytest.raises(ValueError, match="wanted"):
        receipt.write(Delivery.of("wanted", "node-2", "n", b""))
