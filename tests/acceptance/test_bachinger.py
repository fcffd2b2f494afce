"""Bachinger et al. 2024, automated learning with prior knowledge: row BAC-3 in its first form.

Fixture: ``conftest.py``. Shape constraints come later; the page says that none are set.
"""

from __future__ import annotations

import json

import pytest

from mlops_portal.ledger.models import Event
from monitoring.services.golden import golden_add
from tests.labeling.plant import judged_parts, past

pytestmark = pytest.mark.django_db


def test_bac_3_candidates_stand_side_by_side_and_the_choice_is_kept_with_its_reason(
    cast, shop, running, train, client_for
):
    judged_parts(shop, running, 60)
    place = past().defect.index("ok")
    golden_add(
        by=cast.whole.domain_expert, model=shop.model, code="G-01",
        readings=past().parts[place].readings, truth="ok", tolerance=0.5,
    )  # fmt: skip
    first, second = train(learning_rate=0.05), train(learning_rate=0.3)

    engineer = client_for(cast.one.quality_engineer)
    address = f"/candidates/{shop.model.slug}/?v={first.number}&v={second.number}"
    page = engineer.get(address).content.decode()
    for version in (first, second):
        assert f"Version {version.number}" in page
    for part in ("Measures", "Golden parts", "Constraints", "Reasons that changed beyond noise"):
        assert page.count(f"<h3>{part}</h3>") == 2
    assert page.count("G-01: ") >= 2
    assert "Not run yet." not in page

    wanting = engineer.post(address, {"chosen": str(second.number), "reason": " "})
    assert wanting.status_code in (200, 422)
    assert not Event.objects.filter(type="approvals.candidate.chosen").exists()
    chosen = engineer.post(address, {"chosen": str(second.number), "reason": "It finds more burrs."})
    assert chosen.status_code == 302

    event = Event.objects.get(type="approvals.candidate.chosen")
    kept = json.loads(event.public)["data"]
    assert (kept["number"], kept["others"]) == (second.number, [first.number])
    assert kept["reason"] == "It finds more burrs."
    assert event.actor_id == str(cast.one.quality_engineer.pk)
