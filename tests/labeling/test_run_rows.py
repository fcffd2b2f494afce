"""Which parts teach a model, and which are left out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from labeling.models import Label, LabelRequest
from labeling.selectors.rows import LeftOut, Usable, rows_for
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.registry.models import ModelVersion
from monitoring.models import Quarantined, SampledRow
from tests.cast import Cast
from tests.labeling.plant import NOW, Shop, a_version, judged_parts, make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(cast: Cast) -> Shop:
    return make_shop(cast)


@pytest.fixture
def version(shop: Shop) -> ModelVersion:
    return a_version(shop)


def ask(shop: Shop, version: ModelVersion, row: SampledRow, *, state: str = "answered", random: bool = False):
    return LabelRequest.objects.create(
        row=row,
        version=version,
        line=shop.asset.line,
        state=state,
        why={"random": random},
        inclusion_probability=0.5,
        asked_at=NOW,
        expires_at=NOW + timedelta(days=1),
    )


def answer(request: LabelRequest, person: Person, said: str, **more: object) -> Label:
    return Label.objects.create(
        request=request, person=person, answer=said, model_said="ok", at=NOW + timedelta(hours=1), **more
    )


def only(shop: Shop) -> Usable | LeftOut:
    (found,) = rows_for(shop.model)
    return found


def test_a_persons_answer_counts_before_the_inspection_and_names_person_and_version(
    cast: Cast, shop: Shop, version: ModelVersion
) -> None:
    (row,) = judged_parts(shop, version, 1)
    label = answer(ask(shop, version, row), cast.one.operator, "crack")
    found = only(shop)
    assert isinstance(found, Usable)
    assert (found.row.label, found.row.source) == ("crack", "label")
    assert (found.row.person, found.row.version) == (str(cast.one.operator.pk), "press-quality/1")
    assert found.label == label


def test_an_inspection_stands_in_where_nobody_could_tell(
    cast: Cast, shop: Shop, version: ModelVersion
) -> None:
    (row,) = judged_parts(shop, version, 1)
    answer(ask(shop, version, row), cast.one.operator, "cant_tell")
    found = only(shop)
    assert isinstance(found, Usable)
    assert found.row.source == "inspection"


@pytest.mark.parametrize("said", ["cant_tell", "escalate"])
def test_an_answer_that_names_no_class_teaches_nothing(
    cast: Cast, shop: Shop, version: ModelVersion, said: str
) -> None:
    (row,) = judged_parts(shop, version, 1, truth=False)
    answer(ask(shop, version, row), cast.one.operator, said)
    assert only(shop) == LeftOut(row.prediction_id, "cant_tell")


def test_an_answer_that_was_taken_back_teaches_nothing(cast: Cast, shop: Shop, version: ModelVersion) -> None:
    (row,) = judged_parts(shop, version, 1, truth=False)
    answer(ask(shop, version, row), cast.one.operator, "crack", undone_at=NOW + timedelta(hours=2))
    assert only(shop) == LeftOut(row.prediction_id, "undone")


def test_a_dispute_teaches_nothing_until_an_expert_settles_it(
    cast: Cast, shop: Shop, version: ModelVersion
) -> None:
    (row,) = judged_parts(shop, version, 1, truth=False)
    request = ask(shop, version, row, state="disputed")
    answer(request, cast.one.operator, "crack")
    answer(request, cast.two.operator, "burr")
    assert only(shop) == LeftOut(row.prediction_id, "disputed")
    answer(request, cast.one.domain_expert, "burr", expert=True)
    LabelRequest.objects.filter(pk=request.pk).update(state="settled")
    found = only(shop)
    assert isinstance(found, Usable)
    assert (found.row.label, found.row.person) == ("burr", str(cast.one.domain_expert.pk))


def test_a_quarantined_part_is_never_in_a_training_set(shop: Shop, version: ModelVersion) -> None:
    (row,) = judged_parts(shop, version, 1)
    Quarantined.objects.create(
        node=shop.node, part_id="N-0", check_key="range", reason="out of range", record={}, at=NOW
    )
    assert only(shop) == LeftOut(row.prediction_id, "quarantined")


def test_hard_parts_that_a_draw_by_chance_hit_measure_as_well_else_the_rest_is_too_easy(
    cast: Cast, shop: Shop, version: ModelVersion
) -> None:
    drawn, picked, inspected, called = judged_parts(shop, version, 4)
    SampledRow.objects.exclude(pk=called.pk).update(reason="uncertain", inclusion_probability=0.55)
    SampledRow.objects.filter(pk=called.pk).update(reason="requested")
    for row in (drawn, picked, called):
        row.prediction.truth = ""
        row.prediction.save()
    for row in (drawn, called):
        answer(ask(shop, version, row, random=True), cast.one.operator, "crack")
    answer(ask(shop, version, picked), cast.one.operator, "crack")
    chance = {one.row.prediction: one.by_chance for one in rows_for(shop.model) if isinstance(one, Usable)}
    assert chance == {
        drawn.prediction_id: True,
        picked.prediction_id: False,
        inspected.prediction_id: False,
        called.prediction_id: False,
    }


def test_only_what_came_by_chance_may_measure(cast: Cast, shop: Shop, version: ModelVersion) -> None:
    picked, drawn, inspected = judged_parts(shop, version, 3)
    for row in (picked, drawn):
        row.prediction.truth = ""
        row.prediction.save()
    answer(ask(shop, version, picked), cast.one.operator, "crack")
    answer(ask(shop, version, drawn, random=True), cast.one.operator, "crack")
    chance = {one.row.prediction: one.by_chance for one in rows_for(shop.model) if isinstance(one, Usable)}
    assert chance == {
        picked.prediction_id: False,
        drawn.prediction_id: True,
        inspected.prediction_id: True,
    }
