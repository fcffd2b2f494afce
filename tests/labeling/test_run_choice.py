"""A run that chooses how to train, and one that answers an alert."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from labeling.models import RetrainRun
from labeling.selectors.recipes import choice_rows, choice_sentence, curve_sentence
from labeling.selectors.runs import results_of
from labeling.tasks.asking_model import asking_model
from labeling.transitions import Trigger
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.registry.services import champion_set
from monitoring.models import Alert
from monitoring.models.alert import AlertKind
from tests.cast import Cast
from tests.labeling.plant import NOW, Shop, judged_parts, make_shop, train

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(cast: Cast) -> Shop:
    return make_shop(cast)


def entered(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def an_alert(shop: Shop, run: RetrainRun, kind: AlertKind = AlertKind.DATA_DRIFT) -> Alert:
    moved = {"statistic": "psi", "value": 0.4, "limit": 0.1, "shift": 2.0, "first": NOW.isoformat()}
    return Alert.objects.create(
        asset=shop.asset,
        version=run.candidate,
        kind=kind,
        feature="vibration",
        features={"vibration": moved},
        since=NOW,
        opened_at=NOW + timedelta(minutes=4),
    )


def test_what_was_chosen_and_what_the_others_would_have_done_stands_with_the_run(
    cast: Cast, shop: Shop
) -> None:
    first = train(cast, shop)
    champion_set(asset=shop.asset, version=first.candidate, number=1)
    judged_parts(shop, first.candidate, 60)
    run = train(cast, shop, seconds_to_choose=1e-9)
    chosen = results_of(run)["choose"]
    assert (chosen["name"], chosen["why"], chosen["parts"]) == ("asked", "chosen", 48)
    assert "forest" in chosen["left_out"]
    assert run.candidate.measures["choice"] == chosen
    assert run.candidate.pipeline == "hist-gradient-boosting@1"
    rows = choice_rows(chosen)
    assert [row.taken for row in rows].count(True) == 1
    page = entered(cast.whole.ml_engineer).get(reverse("run", args=[run.pk])).text
    assert choice_sentence(chosen) in page
    assert curve_sentence(chosen) in page
    assert "No time was left for it." in page
    shown = entered(cast.whole.quality_engineer).get(
        reverse("candidate", args=[shop.model.slug, run.candidate.number])
    )
    assert reverse("run", args=[run.pk]) in shown.text


def test_the_first_run_has_nothing_to_choose_by_and_says_so(cast: Cast, shop: Shop) -> None:
    run = train(cast, shop, seconds_to_choose=60)
    chosen = results_of(run)["choose"]
    assert (chosen["name"], chosen["why"]) == ("asked", "first")
    assert "no part since the first training" in choice_sentence(chosen)


def test_answers_that_the_version_was_not_taught_move_who_asks_next(cast: Cast, shop: Shop) -> None:
    version = train(cast, shop).candidate
    assert not asking_model(version).moved
    judged_parts(shop, version, 20)
    version.created_at = NOW - timedelta(days=1)
    asking = asking_model(version)
    assert asking.moved
    assert len(asking.classes) == len(asking.model.classes_)


@pytest.mark.parametrize(
    ("kind", "trigger"),
    [(AlertKind.DATA_DRIFT, Trigger.DRIFT), (AlertKind.MODEL_DRIFT, Trigger.DEGRADATION)],
)
def test_a_run_proposed_from_an_alert_names_it_as_its_reason_and_both_link_to_one_another(
    cast: Cast, shop: Shop, kind: AlertKind, trigger: Trigger
) -> None:
    alert = an_alert(shop, train(cast, shop), kind)
    client = entered(cast.whole.ml_engineer)
    there = reverse("alert", args=[alert.pk])
    address = f"{reverse('run_new')}?alert={alert.pk}"
    assert address in client.get(there).text
    form = client.get(address)
    assert there in form.text
    filled = form.context["form"]
    assert filled.initial["model"] == shop.model.slug
    given = {name: filled[name].value() for name in filled.fields}
    answer = client.post(address, {**given, "model": shop.model.slug})
    run = RetrainRun.objects.get(alert=alert)
    assert answer.url == reverse("run", args=[run.pk])
    assert (run.trigger, run.reason) == (trigger, filled.initial["reason"])
    assert there in client.get(answer.url).text
    assert answer.url in client.get(there).text


def test_an_alert_that_does_not_exist_is_no_reason(cast: Cast, shop: Shop) -> None:
    client = entered(cast.whole.ml_engineer)
    for given in ("999", "x", "1" * 30):
        assert client.get(f"{reverse('run_new')}?alert={given}").status_code == 404


def test_from_an_alert_one_records_what_was_changed_at_its_machine(cast: Cast, shop: Shop) -> None:
    alert = an_alert(shop, train(cast, shop))
    client = entered(cast.whole.domain_expert)
    address = f"{reverse('changes')}?asset={shop.asset.slug}"
    assert address in client.get(reverse("alert", args=[alert.pk])).text
    assert [one.slug for one in client.get(address).context["assets"]] == [shop.asset.slug]
