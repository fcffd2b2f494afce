"""Registering models, adding and moving versions, automation levels, champions."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.registry.errors import FeatureUnfit, NameTaken, ReleaseNeverAutomatic, WrongState
from mlops_portal.foundation.registry.models import AutomationLevel, Level, ModelVersion, Step
from mlops_portal.foundation.registry.selectors import champion_for, champion_of, level_of, spec_of
from mlops_portal.foundation.registry.services import (
    automation_set,
    champion_set,
    model_register,
    version_move,
)
from mlops_portal.foundation.registry.transitions import WAYS, VersionState
from mlops_portal.foundation.wire.errors import Invalid, NotAllowed
from tests.cast import Cast
from tests.labeling.plant import Shop, a_version, classes, features, make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(cast: Cast) -> Shop:
    return make_shop(cast)


def register(by, shop: Shop, slug: str = "another", **changed):
    given: dict[str, Any] = {"classes": classes(), "features": features(), "window_seconds": 60} | changed
    return model_register(by=by, slug=slug, name="Another", asset_type=shop.asset.type, **given)


def test_a_model_keeps_its_features_in_order_and_starts_with_a_person_in_each_step(shop: Shop) -> None:
    assert [one.key for one in shop.model.features.all()] == [one["key"] for one in features()]
    levels = {one.step: one.level for one in shop.model.automation.all()}
    assert levels == {"label": "ask", "retrain": "ask", "validate": "ask", "release": "manual"}
    assert Event.objects.filter(type="registry.model.registered").count() == 1


def test_only_an_ml_engineer_of_the_whole_site_registers(cast: Cast, shop: Shop) -> None:
    for person in (cast.one.ml_engineer, cast.whole.quality_engineer, cast.stranger):
        with pytest.raises(NotAllowed):
            register(person, shop)


def test_a_short_name_is_taken_once(cast: Cast, shop: Shop) -> None:
    with pytest.raises(NameTaken):
        register(cast.whole.ml_engineer, shop, slug=shop.model.slug)


@pytest.mark.parametrize(
    "changed",
    [
        {"features": []},
        {"classes": [{"key": "ok", "words": {}}]},
        {"features": [{"key": "a"}, {"key": "a"}]},
        {"features": [{"key": "a", "low": 3.0, "high": 2.0}]},
        {"features": [{"key": "a", "colour": "red"}]},
    ],
)
def test_what_does_not_fit_is_refused(cast: Cast, shop: Shop, changed) -> None:
    with pytest.raises(FeatureUnfit):
        register(cast.whole.ml_engineer, shop, **changed)


def test_versions_count_up_and_their_spec_is_what_the_wire_reads(shop: Shop) -> None:
    first, second = a_version(shop), a_version(shop)
    assert (first.number, second.number) == (1, 2)
    spec = spec_of(second)
    assert (spec["model"], spec["version"], spec["artifact"]) == ("press-quality", 2, second.artifact_id)


@pytest.mark.parametrize("old", list(VersionState))
@pytest.mark.parametrize("new", list(VersionState))
def test_a_version_moves_only_where_the_table_has_a_way(
    shop: Shop, old: VersionState, new: VersionState
) -> None:
    version = a_version(shop)
    ModelVersion.objects.update(state=old)
    version.refresh_from_db()
    if (old, new) in WAYS:
        assert version_move(version=version, to=new, actor=SYSTEM).state == new
        assert Event.objects.filter(type="registry.version.moved").count() == 1
    else:
        with pytest.raises(WrongState):
            version_move(version=version, to=new, actor=SYSTEM)
        assert not Event.objects.filter(type="registry.version.moved").exists()


def test_who_moves_a_version_second_is_told(shop: Shop) -> None:
    version = a_version(shop)
    stale = ModelVersion.objects.get(pk=version.pk)
    version_move(version=version, to=VersionState.WITHDRAWN, actor=SYSTEM)
    with pytest.raises(WrongState, match="first"):
        version_move(version=stale, to=VersionState.IN_REVIEW, actor=SYSTEM)


def test_a_level_changes_with_a_person_and_a_reason(cast: Cast, shop: Shop) -> None:
    given: dict[str, Any] = {"model": shop.model, "step": Step.RETRAIN, "level": Level.AUTO}
    with pytest.raises(Invalid):
        automation_set(by=cast.whole.quality_engineer, reason="  ", **given)
    with pytest.raises(NotAllowed):
        automation_set(by=cast.whole.domain_expert, reason="x", **given)
    automation_set(by=cast.whole.quality_engineer, reason="a year without a fault", **given)
    automation_set(by=cast.whole.quality_engineer, reason="again", **given)
    assert level_of(shop.model, Step.RETRAIN) == Level.AUTO
    (event,) = Event.objects.filter(type="registry.automation.set")
    assert (event.data["old"], event.data["new"]) == ("ask", "auto")


def test_a_release_never_runs_by_itself_neither_by_service_nor_by_database(cast: Cast, shop: Shop) -> None:
    with pytest.raises(ReleaseNeverAutomatic):
        automation_set(
            by=cast.whole.ml_engineer, model=shop.model, step=Step.RELEASE, level=Level.AUTO, reason="x"
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        AutomationLevel.objects.filter(step=Step.RELEASE).update(level=Level.AUTO)


def test_the_champion_follows_the_release_numbers_and_never_back(shop: Shop) -> None:
    first, second = a_version(shop), a_version(shop)
    assert champion_for(shop.asset) is None
    assert champion_set(asset=shop.asset, version=first, number=1)
    assert champion_set(asset=shop.asset, version=second, number=2)
    assert not champion_set(asset=shop.asset, version=first, number=1)
    assert champion_for(shop.asset) == second == champion_of(shop.model)


def test_the_api_shows_models_and_versions_to_those_who_may(cast: Cast, shop: Shop, client_for) -> None:
    version = a_version(shop)
    client = client_for(cast.whole.ml_engineer)
    model = client.get(reverse("api-models-detail", args=["press-quality"])).json()
    assert [one["key"] for one in model["features"]] == [one["key"] for one in features()]
    found = client.get(reverse("api-versions-list"), {"model": "press-quality"}).json()["results"]
    assert [(one["number"], one["artifact"]) for one in found] == [(1, version.artifact_id)]
    spec = client.get(reverse("api-versions-spec", args=[version.pk])).json()
    assert spec == spec_of(version)
    assert client_for(cast.one.operator).get(reverse("api-models-list")).status_code == 403


def test_the_api_registers_a_model_as_the_service_does(cast: Cast, shop: Shop, client_for) -> None:
    body = {
        "slug": "another",
        "name": "Another",
        "asset_type": "press",
        "classes": classes(),
        "features": features(),
        "window_seconds": 60,
    }
    url, kind = reverse("api-models-list"), "application/json"
    assert client_for(cast.one.ml_engineer).post(url, body, content_type=kind).status_code == 403
    client = client_for(cast.whole.ml_engineer)
    made = client.post(url, body, content_type=kind)
    assert made.status_code == 201, made.text
    assert [one["key"] for one in made.json()["features"]] == [one["key"] for one in features()]
    again = client.post(url, body, content_type=kind)
    assert (again.status_code, again.json()["type"]) == (409, "urn:mlops-portal:problem:model-name-taken")


def test_the_api_sets_a_level_and_refuses_the_one_for_releases(cast: Cast, shop: Shop, client_for) -> None:
    url = reverse("api-models-automation", args=["press-quality"])
    client = client_for(cast.whole.quality_engineer)
    done = client.post(
        url, {"step": "label", "level": "auto", "reason": "trusted"}, content_type="application/json"
    )
    assert {"step": "label", "level": "auto"} in done.json()["automation"]
    refused = client.post(
        url, {"step": "release", "level": "auto", "reason": "x"}, content_type="application/json"
    )
    assert (refused.status_code, refused.json()["type"]) == (
        422,
        "urn:mlops-portal:problem:release-never-automatic",
    )


GRADE = {"key": "grade", "words": {"en": "Grade"}, "categories": ["L", "M", "H"]}


def test_a_reading_of_words_keeps_its_categories_in_order_and_the_model_its_template(
    cast: Cast, shop: Shop
) -> None:
    model = register(cast.whole.ml_engineer, shop, features=[*features(), GRADE], template="additive")
    assert model.features.get(key="grade").categories == ["L", "M", "H"]
    assert model.features.first().categories == []
    assert model.template == "additive"


@pytest.mark.parametrize(
    "changed",
    [
        {"categories": ["L", "L"]},
        {"categories": ["L", ""]},
        {"categories": ["L", " L"]},
        {"categories": ["true", "TRUE"]},
        {"categories": ["1", "1.0"]},
        {"categories": ["L", "l"], "ignore_case": True},
        {"categories": ["L", 2]},
        {"categories": "LMH"},
        {"categories": [str(n) for n in range(201)]},
        {"low": 0.0, "high": 1.0},
        {"tolerance": 1.0},
    ],
)
def test_categories_that_nobody_can_count_are_refused(
    cast: Cast, shop: Shop, changed: dict[str, Any]
) -> None:
    with pytest.raises(FeatureUnfit):
        register(cast.whole.ml_engineer, shop, features=[GRADE | changed])


@pytest.mark.parametrize("key", ["a/b", "a b", "a.b", "ä", "x" * 61, ":classes", "__OUT__"])
def test_a_reading_is_called_so_that_it_can_stand_in_an_address(cast: Cast, shop: Shop, key: str) -> None:
    more = {"key": key, "words": {"en": key}, "unit": ""}
    if key == "__OUT__":
        assert register(cast.whole.ml_engineer, shop, features=[*features(), more])
        return
    with pytest.raises(FeatureUnfit, match="address"):
        register(cast.whole.ml_engineer, shop, features=[*features(), more])


def test_keys_that_differ_by_case_alone_are_one(cast: Cast, shop: Shop) -> None:
    first = features()[0]
    with pytest.raises(FeatureUnfit, match="key of its own"):
        register(cast.whole.ml_engineer, shop, features=[*features(), {**first, "key": first["key"].upper()}])
