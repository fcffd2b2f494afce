"""Undoing, until an approval was asked for."""

from __future__ import annotations

import pytest

from approvals.services.requests import request_open
from mlops_portal.above.onboarding.errors import ApprovalAsked, WrongState
from mlops_portal.above.onboarding.services.golden import golden_confirm
from mlops_portal.above.onboarding.services.undoing import onboarding_undo
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.registry.selectors import models_all
from mlops_portal.foundation.wire.errors import NotAllowed
from monitoring.models import GoldenSample
from tests.onboarding.tables import table

pytestmark = pytest.mark.django_db


def test_undoing_withdraws_the_version_retires_golden_samples_and_hides_the_model(
    taken, engineer, cast, browser
):
    golden_confirm(by=cast.whole.domain_expert, onboarding=taken, place=0)
    onboarding_undo(by=engineer, onboarding=taken)
    assert ModelVersion.objects.get().state == "withdrawn"
    assert GoldenSample.objects.get().retired_at is not None
    assert not models_all().exists()
    assert "Ovens" not in browser.get("/models/").content.decode()
    types = list(Event.objects.order_by("pk").values_list("type", flat=True))
    assert {
        "registry.version.moved",
        "monitoring.golden.retired",
        "registry.model.retired",
        "onboarding.undone",
    } <= set(types)


def test_undoing_before_anything_was_made_leaves_no_file(bring, engineer, stored, work):
    one = bring(table())
    assert len(stored()) == 1
    with work():
        onboarding_undo(by=engineer, onboarding=one)
    assert stored() == []


def test_after_an_approval_was_asked_for_it_cannot_be_undone(taken, engineer, cast):
    asset = Asset.objects.create(line=cast.line_1, type=taken.asset_type, name="Oven 1", slug="oven-1")
    request_open(by=engineer, version=taken.run.candidate, line=cast.line_1, assets=[asset])
    with pytest.raises(ApprovalAsked, match="An approval was asked for"):
        onboarding_undo(by=engineer, onboarding=taken)
    assert ModelVersion.objects.get().state == "candidate"


def test_undoing_twice_meets_a_named_error(bring, engineer):
    one = bring(table())
    onboarding_undo(by=engineer, onboarding=one)
    with pytest.raises(WrongState):
        onboarding_undo(by=engineer, onboarding=one)


def test_a_stranger_undoes_nothing(bring, cast):
    one = bring(table())
    with pytest.raises(NotAllowed):
        onboarding_undo(by=cast.stranger, onboarding=one)
    one.refresh_from_db()
    assert one.state == "draft"
