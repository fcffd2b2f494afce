"""The demo's first versions are ready for their release, however far behind the workers are."""

from __future__ import annotations

import pytest
from django.utils import timezone

from mlops_portal.above.demo.management import learning
from monitoring.models import GoldenCheck
from tests.cast import Cast
from tests.monitoring.ground import make_floor

pytestmark = pytest.mark.django_db


def test_golden_parts_are_run_where_no_worker_has_come_to_it_and_only_once(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = make_floor(cast).version

    def run(version_id: int) -> None:
        GoldenCheck.objects.create(version_id=version_id, set_digest="0" * 64, passed=True, at=timezone.now())

    monkeypatch.setattr(learning, "golden_check", run)
    assert not version.golden_checks.exists()  # the worker is still busy

    learning.golden_checked(version)
    learning.golden_checked(version)

    assert version.golden_checks.count() == 1
