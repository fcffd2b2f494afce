import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

import pytest

from mlops_portal.foundation.wire import events

NOW = datetime(2026, 3, 1, 7, 0, tzinfo=timezone(timedelta(hours=1)))


def entry(**changes) -> bytes:
    facts = {
        "uuid": UUID(int=1),
        "name": "plant.role.granted",
        "at": NOW,
        "actor": ("person", "7"),
        "channel": "page",
        "subjects": [("about", "line", "1")],
        "data": {"role": "operator"},
        "personal": None,
    }
    return events.entry(**{**facts, **changes})


def test_an_entry_is_canonical_and_its_time_is_utc():
    assert entry() == (
        b'{"actor":{"id":"7","kind":"person"},"at":"2026-03-01T06:00:00.000000Z","channel":"page",'
        b'"data":{"role":"operator"},"id":"00000000-0000-0000-0000-000000000001","personal":null,'
        b'"subjects":[{"id":"1","kind":"line","relation":"about"}],"type":"plant.role.granted","v":1}'
    )


def test_the_personal_part_stands_in_the_entry_as_a_salted_digest():
    digest = events.personal_digest(b"s" * 32, b"{}")
    assert digest == sha256(b"s" * 32 + b"{}").digest()
    assert json.loads(entry(personal=digest))["personal"] == digest.hex()


def test_dates_ids_and_decimals_become_text():
    data = {
        "day": date(2026, 3, 1),
        "id": UUID(int=2),
        "share": Decimal("0.10"),
        "at": NOW,
        "list": (1, None),
    }
    assert json.loads(entry(data=data))["data"] == {
        "day": "2026-03-01",
        "id": "00000000-0000-0000-0000-000000000002",
        "share": "0.10",
        "at": "2026-03-01T06:00:00.000000Z",
        "list": [1, None],
    }


@pytest.mark.parametrize("data", [{"x": object()}, {1: "x"}, {"x": {1, 2}}])
def test_data_without_a_plain_form_is_refused(data):
    with pytest.raises(TypeError):
        entry(data=data)


def test_a_time_without_a_zone_or_a_short_salt_is_refused():
    with pytest.raises(ValueError):
        events.moment(datetime(2026, 3, 1, tzinfo=UTC).replace(tzinfo=None))
    with pytest.raises(ValueError):
        events.personal_digest(b"short", b"{}")
