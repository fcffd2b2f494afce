from datetime import UTC, datetime, timedelta

import pytest

from mlops_portal.foundation.ledger.refs import SYSTEM, Actor, Ref
from mlops_portal.foundation.ledger.selectors import event_counts, events
from mlops_portal.foundation.ledger.services import event_record

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 1, 6, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _history():
    node = Actor("node", "press-2", "Press 2")
    for hour, (name, actor, subject) in enumerate(
        [
            ("test.shift.begun", SYSTEM, Ref("line", "1")),
            ("test.tool.changed", node, Ref("line", "1")),
            ("test.tool.changed", SYSTEM, Ref("line", "2", "changed")),
        ]
    ):
        event_record(type=name, actor=actor, subjects=[subject], at=START + timedelta(hours=hour))


@pytest.mark.parametrize(
    ("wanted", "hours"),
    [
        ({}, [2, 1, 0]),
        ({"types": ["test.tool.changed"]}, [2, 1]),
        ({"types": ["test.shift.begun", "test.tool.changed"]}, [2, 1, 0]),
        ({"types": ["test.*"]}, [2, 1, 0]),
        ({"types": ["plant.*"]}, []),
        ({"actor": ("node", "press-2")}, [1]),
        ({"subject": ("line", "1")}, [1, 0]),
        ({"subject": ("line", "2"), "relation": "about"}, []),
        ({"subject": ("line", "2"), "relation": "changed"}, [2]),
        ({"since": START + timedelta(hours=1)}, [2, 1]),
        ({"until": START + timedelta(hours=1)}, [0]),
    ],
)
def test_events_are_found_newest_first(wanted, hours):
    assert [(event.at - START).seconds // 3600 for event in events(**wanted)] == hours


def test_events_are_counted_by_type():
    assert event_counts(events()) == {"test.tool.changed": 2, "test.shift.begun": 1}


def test_a_page_of_events_with_names_and_leaves_takes_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        for event in events()[:50]:
            assert event.actor.kind
            assert not hasattr(event, "leaf")
