"""The pages of parts in doubt: the list, the lots, the label, and each form."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from mlops_portal.foundation.ledger.refs import SYSTEM
from monitoring.containment.services.collecting import containment_collect
from monitoring.containment.services.opening import containment_open
from monitoring.models import Containment, Prediction
from monitoring.transitions import Trigger

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(floor) -> Containment:
    """Two parts of one lot; the id of one is what a spreadsheet would run."""
    now = timezone.now()
    for part in ("=HYPERLINK(1)", "p2"):
        Prediction.objects.create(
            id=f"node-1:{part}", node=floor.node, asset=floor.press, version=floor.version, lot="A/7 ö",
            activation="press-1/1", part_id=part, label="ok", confidence=0.9, at=now - timedelta(hours=1),
        )  # fmt: skip
    one = containment_open(
        actor=SYSTEM,
        asset=floor.press,
        trigger=Trigger.GOLDEN,
        key="round/1",
        facts={"parts": "G-03"},
        until=now,
    )
    containment_collect(containment=one)
    one.refresh_from_db()
    return one


@pytest.fixture
def quality(floor, client_for):
    return client_for(floor.cast.one.quality_engineer)


@pytest.fixture
def operator(floor, client_for):
    return client_for(floor.cast.one.operator)


def test_the_operator_comes_home_to_the_lots_to_pull(held, operator):
    home = operator.get("/cards/labeling-needed/")
    assert "Pull lot A/7 ö of Press 1" in home.text
    lot = operator.get(f"/containments/{held.pk}/lot/?lot=A%2F7+%C3%B6")
    assert "Nobody has looked for them yet" in lot.text
    assert "Decide about this lot" not in lot.text


def test_the_label_says_that_it_is_held_and_carries_a_code(held, operator):
    label = operator.get(f"/containments/{held.pk}/label/?lot=A%2F7+%C3%B6")
    assert f"C-{held.pk}" in label.text
    assert "Held: do not use, do not deliver" in label.text
    assert 'class="label-qr"' in label.text
    assert "style=" not in label.text.partition("<article")[2]


def test_the_page_says_why_since_when_and_what_keeps_it_open(held, quality):
    page = quality.get(f"/containments/{held.pk}/")
    assert "2 of 2 parts of Press 1 wait for a decision" in page.text
    assert "Press 1 did not see these golden parts right: G-03." in page.text
    assert "2 parts of C-" in page.text


def test_the_csv_has_every_part_and_no_formula(held, quality):
    text = quality.get(f"/containments/{held.pk}/parts.csv").getvalue().decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text
    assert len(text.strip().splitlines()) == 3


@pytest.mark.parametrize("path", ["dispose/", "dispose/?lot=A/7 ö", "pull/?lot=A/7 ö", "widen/"])
def test_every_forms_address_answers_a_get(held, quality, path):
    assert quality.get(f"/containments/{held.pk}/{path}").status_code == 200


def test_what_may_not_be_done_now_says_why(held, quality):
    assert "has an end already" in quality.get(f"/containments/{held.pk}/bound/").text
    refused = quality.post(f"/containments/{held.pk}/close/")
    assert (refused.status_code, "wait for a decision" in refused.text) == (403, True)
    assert quality.get(f"/containments/{held.pk}/pull/?lot=none").status_code == 404


def test_found_good_again_signed_and_closed(held, quality):
    for row in held.rows.all():
        form = {"truth": "ok", "kind": "good", "seen": 1}
        assert quality.post(f"/containments/{held.pk}/parts/{row.pk}/", form).status_code == 302
    assert quality.post(f"/containments/{held.pk}/close/").status_code == 302
    held.refresh_from_db()
    assert held.state == "closed"


def test_what_cannot_be_signed_is_said_at_the_form(held, quality):
    page = quality.post(f"/containments/{held.pk}/dispose/", {"kind": "good", "seen": 2})
    assert (page.status_code, "No re-inspection since" in page.text) == (422, True)
    page = quality.post(f"/containments/{held.pk}/dispose/", {"kind": "scrapped", "seen": 1})
    assert (page.status_code, "look again before you sign" in page.text) == (409, True)


def test_who_does_not_sign_records_what_a_re_inspection_found(held, operator):
    row = held.rows.get(part_id="p2")
    page = operator.get(f"/containments/{held.pk}/parts/{row.pk}/")
    assert "What becomes of it?" not in page.text
    operator.post(f"/containments/{held.pk}/parts/{row.pk}/", {"truth": "crack"})
    row.refresh_from_db()
    assert (row.prediction.truth, row.disposition) == ("crack", None)


def test_another_lines_people_see_none_of_it(held, floor, client_for):
    stranger = client_for(floor.cast.two.quality_engineer)
    for path in ("", "lot/?lot=", "label/?lot=", "parts.csv", "dispose/", "close/"):
        assert stranger.get(f"/containments/{held.pk}/{path}").status_code == 404


def test_the_api_signs_for_a_lot_and_lists_what_waits(held, quality):
    body = {"lot": "A/7 ö", "kind": "concession", "seen": 2, "note": "ACME 4711"}
    answer = quality.post(
        f"/api/v1/containments/{held.pk}/dispose/", json.dumps(body), content_type="application/json"
    )
    assert (answer.status_code, answer.json()["parts"]) == (201, 2)
    waiting = quality.get(f"/api/v1/containment-parts/?containment={held.pk}&waiting=true").json()
    assert waiting["results"] == []
    again = quality.post(
        f"/api/v1/containments/{held.pk}/dispose/", json.dumps(body), content_type="application/json"
    )
    assert (again.status_code, again.json()["type"].endswith("containment-moved")) == (409, True)
