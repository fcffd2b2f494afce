"""Bachinger et al. 2024, automated learning with prior knowledge: row BAC-3 in its first form, and BAC-6.

Fixture: ``conftest.py``. Shape constraints come later; the page says that none are set.
"""

from __future__ import annotations

import json

import pytest
from django.test import TestCase

from approvals.selectors.evidence import evidence_of
from labeling.tasks.importing import bring_in
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.registry.services import champion_set
from monitoring.golden.services.samples import golden_add
from tests.labeling.outside import exported, trained_elsewhere
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


def test_bac_6_models_of_two_frameworks_pass_the_same_gates(cast, shop, train, client_for):
    """One was trained here with scikit-learn, the other is a forest that came as an ONNX file."""
    place = past().defect.index("ok")
    golden_add(
        by=cast.whole.domain_expert, model=shop.model, code="G-01",
        readings=past().parts[place].readings, truth="ok", tolerance=0.5, safety=True,
    )  # fmt: skip
    here = train()
    with TestCase.captureOnCommitCallbacks(execute=True):
        there, _new = bring_in(
            by=cast.whole.ml_engineer,
            model=shop.model,
            data=exported(trained_elsewhere(shop)),
            name="theirs.onnx",
        )
    champion_set(asset=shop.asset, version=here, number=1)
    packs = [evidence_of(version, champion=None, policy=None) for version in (here, there)]
    kinds = [[(gate["key"], gate["kind"]) for gate in pack["gates"]] for pack in packs]
    assert kinds[0] == kinds[1]
    for pack in packs:
        unmet = {gate["key"] for gate in pack["gates"] if gate["kind"] == "hard" and not gate["met"]}
        assert not unmet
        assert pack["measures"]["challenger"]["holdout"]["n"] >= 100
        assert [one["code"] for one in pack["golden"]["results"]] == ["G-01"]
    taught = {gate["key"]: gate["met"] for gate in packs[1]["gates"] if gate["kind"] == "soft"}
    assert not taught[
        "manifest"
    ]  # nobody here knows what it was taught: who asks must say why it is right so
    assert {version.state for version in (here, there)} == {"candidate"}

    page = client_for(cast.one.quality_engineer).get(f"/candidates/{shop.model.slug}/{there.number}/")
    assert page.status_code == 200
    assert "imported onnx" in page.content.decode()
    assert "theirs.onnx" in page.content.decode()
