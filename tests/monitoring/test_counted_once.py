"""Each reading of a machine counts once in its windows, however the pieces were cut and sent."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlops_portal.foundation.wire.prediction import reading_id
from monitoring.intake.services.merging import batch_merge
from monitoring.models import CountedPiece, Quarantined, TelemetryBatch, Window
from monitoring.transitions import Check

pytestmark = pytest.mark.django_db
PARTS = 8


def piece(floor, numbers, *, activation: int = 1) -> dict:
    """A piece of one window; every part of it is alike, so that pieces of as many parts are alike too."""
    n = len(numbers)
    alike = floor.window(0, n=1)
    ids = [reading_id(asset="press-1", part=f"P-{one}", at=floor.start) for one in numbers]
    return alike | {
        "n": n,
        "activation": f"press-1/{activation}",
        "counts": {key: [0] * (len(counts) - 1) + [n] for key, counts in alike["counts"].items()},
        "moments": {key: [0.0] * 5 for key in alike["moments"]},
        "classes": {"ok": n},
        "confidence": [0] * 19 + [n],
        "parts": ids,
    }


def send(floor, *pieces: dict) -> None:
    body = floor.body(windows=list(pieces)).decode()
    number = TelemetryBatch.objects.count() + 1
    batch = TelemetryBatch.objects.create(
        node=floor.node, sequence=number, digest=str(number), body=body, received_at=floor.start
    )
    assert batch_merge(batch=batch)


def counted() -> int:
    return sum(Window.objects.values_list("n", flat=True))


def aside() -> list[str]:
    return list(Quarantined.objects.values_list("check_key", flat=True))


def test_two_late_pieces_with_other_parts_and_equal_content_both_count(floor):
    send(floor, piece(floor, [1, 2, 3]))
    send(floor, piece(floor, [4]), piece(floor, [5]))
    assert counted() == 5


def test_a_piece_that_comes_again_counts_nothing_in_whichever_batch_and_cut(floor):
    send(floor, piece(floor, [1, 2]), piece(floor, [3]))
    send(floor, piece(floor, [1, 2]), piece(floor, [3, 1]), piece(floor, [1, 2, 3]))
    assert (counted(), aside()) == (3, [])


def test_a_piece_counted_under_another_release_counts_nothing(floor):
    send(floor, piece(floor, [1, 2]))
    send(floor, piece(floor, [1, 2], activation=2))
    assert counted() == 2


def test_a_piece_of_which_some_parts_were_counted_is_set_aside_and_told(floor):
    send(floor, piece(floor, [1, 2]))
    send(floor, piece(floor, [2, 3]))
    assert (counted(), aside()) == (2, [Check.COUNTED])
    send(floor, piece(floor, [3]))
    assert counted() == 3


def test_a_piece_that_does_not_name_every_part_once_is_set_aside(floor):
    wrong = piece(floor, [1, 2])
    send(floor, wrong | {"parts": [wrong["parts"][0]] * 2})
    assert (counted(), aside()) == (0, [Check.FORMAT])


NUMBERS = st.permutations(range(PARTS))


@st.composite
def _cuts(draw):
    """All parts, in some order, cut into pieces."""
    order, pieces = draw(NUMBERS), []
    while order:
        n = draw(st.integers(1, len(order)))
        pieces.append(order[:n])
        order = order[n:]
    return pieces


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=_cuts(), lost=st.sets(st.integers(0, PARTS)), again=NUMBERS, seen=st.lists(_cuts(), max_size=1))
def test_every_part_counts_once_whatever_was_lost_and_is_sent_again(floor, first, lost, again, seen):
    """Pieces, some of which never came; then all parts one by one, as a node does that lost its store, and
    everything that a node could send again."""
    Window.objects.all().delete()
    CountedPiece.objects.all().delete()
    sent = [one for place, one in enumerate(first) if place not in lost]
    send(floor, *(piece(floor, one) for one in sent))
    assert counted() == sum(map(len, sent))
    send(floor, *(piece(floor, [one]) for one in again))
    send(floor, *(piece(floor, one) for cut in seen for one in cut))
    send(floor, *(piece(floor, one) for one in first))
    assert counted() == PARTS
    names = "".join(CountedPiece.objects.values_list("parts", flat=True))
    assert len(names) == 18 * PARTS
