"""A change of the golden set waits for a second person, where that was asked for."""

from __future__ import annotations

import pytest

from mlops_portal.foundation.wire.errors import NotAllowed
from monitoring.errors import ChangeDecided
from monitoring.golden.selectors.samples import golden_set, kept_apart, samples_of
from monitoring.golden.services.plans import golden_change_decide, golden_plan_set
from monitoring.golden.services.samples import golden_add, golden_mark, golden_restore, golden_retire
from monitoring.models import GoldenChange, GoldenSample

pytestmark = pytest.mark.django_db
PLAN = {"at_shift": False, "at_changeover": False, "minutes": 60}


@pytest.fixture
def expert(floor):
    return floor.cast.whole.domain_expert


@pytest.fixture
def quality(floor):
    return floor.cast.whole.quality_engineer


@pytest.fixture
def asked(floor, expert, quality) -> GoldenChange:
    """The expert adds a part where the quality engineer asked for a second person."""
    golden_plan_set(by=quality, model=floor.model, second_person=True, **PLAN)
    golden_add(by=expert, model=floor.model, code="G-01", readings={"pressure": 151.0}, truth="crack")
    return GoldenChange.objects.get()


def test_an_added_part_tests_nothing_until_a_second_person_agrees_and_trains_nothing_at_once(
    asked, floor, quality
):
    before = golden_set(floor.model)[1]
    assert not samples_of(floor.model).exists()
    assert [code for code, _part, _readings in kept_apart(floor.model)] == ["G-01"]
    golden_change_decide(by=quality, change=asked, agreed=True)
    assert [one.code for one in samples_of(floor.model)] == ["G-01"]
    assert golden_set(floor.model)[1] != before


def test_nobody_agrees_to_a_change_of_their_own(asked, expert):
    with pytest.raises(NotAllowed, match="second person"):
        golden_change_decide(by=expert, change=asked, agreed=True)


def test_it_is_decided_once(asked, quality):
    golden_change_decide(by=quality, change=asked, agreed=False)
    with pytest.raises(ChangeDecided):
        golden_change_decide(by=quality, change=asked, agreed=True)
    assert GoldenSample.objects.get().retired_at is not None


def test_retiring_and_calling_borderline_wait_too_and_one_change_at_a_time(asked, floor, expert, quality):
    golden_change_decide(by=quality, change=asked, agreed=True)
    sample = GoldenSample.objects.get()
    golden_mark(by=expert, sample=sample, borderline=True, reason="Between two classes")
    sample.refresh_from_db()
    assert not sample.borderline
    with pytest.raises(ChangeDecided):
        golden_retire(by=expert, sample=sample)
    golden_change_decide(by=quality, change=GoldenChange.objects.get(agreed=None), agreed=True)
    sample.refresh_from_db()
    assert sample.borderline
    assert golden_retire(by=expert, sample=sample) == ""
    sample.refresh_from_db()
    assert sample.retired_at is None
    with pytest.raises(NotAllowed):
        golden_restore(by=expert, sample_id=sample.pk)


def test_who_asked_for_a_second_person_does_not_drop_that_alone(asked, floor, expert, quality):
    with pytest.raises(NotAllowed, match="somebody else drops that"):
        golden_plan_set(by=quality, model=floor.model, second_person=False, **PLAN)
    assert not golden_plan_set(by=expert, model=floor.model, second_person=False, **PLAN).second_person
