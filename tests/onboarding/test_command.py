"""``model_onboard``: from a file to a candidate, again, and what is refused."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from labeling.models import RetrainRun
from labeling.transitions import RunState
from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.plant.models import Asset, Line, Person, RoleAssignment, Site, Skill
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.plant.services.skills import skill_grant
from mlops_portal.foundation.registry.models import Dataset, ModelVersion, RegisteredModel
from monitoring.models import GoldenSample
from tests.cast import JOINED, new_person
from tests.onboarding.tables import BAD, measured, table

pytestmark = pytest.mark.django_db


def onboard(*args, **options):
    out = StringIO()
    call_command("model_onboard", *args, **options, json=True, stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def test_an_empty_portal_gets_a_site_people_a_machine_and_a_candidate(file_of):
    out = StringIO()
    call_command("model_onboard", "Ovens", data=file_of(table()), target="result", stdout=out)
    said = out.getvalue()
    site = Site.objects.get()
    assert sorted(Person.objects.values_list("username", flat=True)) == ["admin", "expert", "ml"]
    assert Asset.objects.get().type.slug == "ovens"
    for word in ("Sign in as admin", "Sign in as ml", str(site), "newest parts", "Nobody approved it"):
        assert word in said
    version = ModelVersion.objects.get()
    assert version.state == "candidate"
    assert version.trained_by.username == "ml"
    held = version.measures["holdout"]
    assert held["macro_f1"]["low"] <= held["macro_f1"]["value"] <= held["macro_f1"]["high"]
    assert version.reference["features"].keys() == {"temperature", "pressure", "shade"}


def test_classes_bands_tolerances_and_categories_come_of_the_table(cast, file_of):
    found = onboard("Ovens", data=file_of(table()), target="result")
    model = RegisteredModel.objects.get(slug=found["model"])
    assert [(one["key"], one["defect"]) for one in model.classes] == [
        ("ok", False),
        ("crack", True),
        ("leak", True),
    ]
    features = {one.key: one for one in model.features.all()}
    heat = features["temperature"]
    assert 160 < heat.low < 180 < heat.high < 200  # of good parts: cracked ones were hotter
    assert 1 < heat.tolerance < 3
    assert features["shade"].categories == ["dark", "light"]
    assert Dataset.objects.get().ordered
    assert found["split"] == "time"
    assert found["rows"] == 240


def test_the_same_file_again_changes_nothing_and_says_so(cast, file_of):
    path = file_of(table())
    onboard("Ovens", data=path, target="result")
    before = Event.objects.count(), ModelVersion.objects.count(), RetrainRun.objects.count()
    again = onboard("Ovens", data=path, target="result")
    assert again["changed"] is False
    assert (Event.objects.count(), ModelVersion.objects.count(), RetrainRun.objects.count()) == before


def test_another_file_under_the_same_name_is_a_clear_choice(cast, file_of):
    onboard("Ovens", data=file_of(table()), target="result")
    with pytest.raises(CommandError, match=r"another file, parts\.csv.*another name.*--undo"):
        onboard("Ovens", data=file_of(table(seed=4), "other.csv"), target="result")
    assert Onboarding.objects.count() == 1


def test_after_a_failure_it_goes_on_where_it_stopped(cast, file_of, monkeypatch):
    from labeling.tasks import training_steps
    from labeling.transitions import RunStepName

    path, real = file_of(table()), training_steps.STEPS[RunStepName.EXPORT]

    def broken(run):
        raise RuntimeError("the disk is full")

    monkeypatch.setitem(training_steps.STEPS, RunStepName.EXPORT, broken)
    with pytest.raises(CommandError, match="fault in the portal"):
        onboard("Ovens", data=path, target="result")
    monkeypatch.setitem(training_steps.STEPS, RunStepName.EXPORT, real)
    found = onboard("Ovens", data=path, target="result")
    assert found["version"] == 1
    assert RetrainRun.objects.get().state == RunState.CANDIDATE
    assert RegisteredModel.objects.count() == Dataset.objects.count() == 1


def test_a_measured_target_becomes_classes_by_readable_limits(cast, file_of):
    found = onboard("Sheets", data=file_of(measured()), target="thickness")
    assert [one["key"] for one in found["classes"]] == ["low", "in_limits", "high"]
    assert found["limits"]["low"] == round(found["limits"]["low"], 2)
    assert found["split"] == "chance"  # the table says no time


def test_limits_of_a_person_stand(cast, file_of):
    found = onboard("Sheets", data=file_of(measured()), target="thickness", high=4.2)
    assert found["limits"] == {"low": None, "high": 4.2}
    assert [one["key"] for one in found["classes"]] == ["in_limits", "high"]


def test_golden_samples_in_the_name_of_somebody_who_may_judge(cast, file_of):
    path = file_of(table())
    onboard("Ovens", data=path, target="result")
    skill = Skill.objects.create(slug="ovens", name="Ovens", asset_type=Asset.objects.get().type)
    expert = cast.whole.domain_expert
    judged = {"golden": 2, "golden_as": expert.username}
    with pytest.raises(CommandError, match="skill"):
        onboard("Ovens", data=path, target="result", **judged)
    assert not GoldenSample.objects.exists()
    skill_grant(
        by=cast.whole.quality_engineer,
        person=expert,
        skill=skill,
        expires_at=timezone.now() + timedelta(days=9),
    )
    found = onboard("Ovens", data=path, target="result", **judged)
    assert found["golden"] == GoldenSample.objects.filter(judged_by=expert).count() > 0


def test_undo_takes_it_back_and_frees_the_name(cast, file_of):
    onboard("Ovens", data=file_of(table()), target="result")
    assert onboard("Ovens", undo=True)["state"] == "undone"
    assert ModelVersion.objects.get().state == "withdrawn"
    found = onboard("Ovens", data=file_of(table(seed=4)), target="result")
    assert found["model"] == "ovens-2"


def test_somebody_without_the_role_brings_nothing(cast, file_of):
    with pytest.raises(CommandError, match="may not bring data"):
        onboard("Ovens", data=file_of(table()), target="result", username="operator-one")
    second = new_person("second")
    second.save()
    RoleAssignment.objects.create(person=second, role=Role.ML_ENGINEER, site=cast.site, granted_at=JOINED)
    with pytest.raises(CommandError, match=r"several ML engineers.*--as"):
        onboard("Ovens", data=file_of(table()), target="result")
    assert not Onboarding.objects.exists()


def test_columns_can_be_given_units_and_left_out(cast, file_of):
    onboard(
        "Ovens", data=file_of(table()), target="result",
        unit=["temperature=°C"], ignore=["shade"],
    )  # fmt: skip
    features = RegisteredModel.objects.get().features.values_list("key", "unit")
    assert set(features) == {("temperature", "°C"), ("pressure", "")}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_table_is_one_sentence_and_leaves_nothing(file_of, stored, what):
    make, word = BAD[what]
    with pytest.raises(CommandError) as refused:
        onboard("Ovens", data=file_of(make()), target="result", time="made", part="part")
    sentence = str(refused.value)
    assert word in sentence
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert "Traceback" not in sentence
    assert not Site.objects.exists()
    assert not Person.objects.exists()
    assert not RegisteredModel.objects.exists()
    assert not Onboarding.objects.exists()
    assert not Line.objects.exists()
    assert stored() == []


def test_a_target_that_is_not_there_is_named_with_those_that_are(file_of):
    with pytest.raises(CommandError, match=r"outcome.*result"):
        onboard("Ovens", data=file_of(table()), target="outcome")
    assert not Site.objects.exists()


def test_a_bad_table_on_a_plant_with_people_leaves_no_model(cast, file_of, stored):
    with pytest.raises(CommandError, match="result"):
        onboard("Ovens", data=file_of(BAD["constant target"][0]()), target="result")
    assert not RegisteredModel.objects.exists()
    assert Onboarding.objects.get().state == "undone"
    assert stored() == []
