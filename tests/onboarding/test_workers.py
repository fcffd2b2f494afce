"""What workers do to an onboarding, twice, too late, or not to the end."""

from __future__ import annotations

import pytest

from mlops_portal.above.onboarding.errors import WrongState
from mlops_portal.above.onboarding.selectors import onboardings_all
from mlops_portal.above.onboarding.services.again import work_again
from mlops_portal.above.onboarding.services.checking import check_ask
from mlops_portal.above.onboarding.services.golden import golden_confirm, golden_refuse
from mlops_portal.above.onboarding.services.taking import onboarding_agree
from mlops_portal.above.onboarding.tasks import checking, reading, taking
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.registry.models import Dataset, RegisteredModel
from mlops_portal.foundation.shell.models import Job
from mlops_portal.foundation.shell.work.jobs import JobCancelled, job_cancel
from mlops_portal.foundation.wire import manifest
from mlops_portal.foundation.wire.errors import NotAllowed
from tests.onboarding.tables import table

pytestmark = pytest.mark.django_db


def fresh(one):
    return onboardings_all().get(pk=one.pk)


@pytest.fixture
def checked(bring, engineer, work):
    one = bring(table())
    with work():
        check_ask(by=engineer, onboarding=one)
    return fresh(one)


def test_a_message_that_comes_twice_does_nothing_the_second_time(taken):
    before = Event.objects.count(), Dataset.objects.count()
    for do in (reading.read_do, checking.check_do, taking.take_do):
        do(str(taken.pk))
    assert (Event.objects.count(), Dataset.objects.count()) == before


def test_golden_parts_are_drawn_with_the_table_and_no_training_has_them(taken):
    parts = fresh(taken).golden
    assert {part["truth"] for part in parts} == {"ok", "crack", "leak"}
    assert all(part["state"] == "open" for part in parts)
    frozen = manifest.parse(taken.run.manifest.body.encode())["base"]
    assert {part["part"] for part in parts} <= {one["part"] for one in frozen["apart"]}
    assert frozen["rows"] + len(frozen["apart"]) == Dataset.objects.get().rows


def test_a_fault_while_storing_leaves_nothing_behind_and_says_so(checked, engineer, work, monkeypatch):
    def broken(**kwargs):
        raise RuntimeError("no disk")

    monkeypatch.setattr(taking, "encode", broken)
    with work():
        onboarding_agree(by=engineer, onboarding=checked)
    one = fresh(checked)
    assert (one.state, one.model) == ("checked", None)
    assert "fault in the portal" in one.error
    assert not RegisteredModel.objects.exists()


def test_a_model_of_that_name_made_meanwhile_is_said_and_nothing_is_half_made(checked, engineer, work, cast):
    from mlops_portal.foundation.plant.models import AssetType
    from mlops_portal.foundation.registry.services import model_register

    kind = AssetType.objects.create(name="Other", slug="other")
    classes = [{"key": key, "words": {}, "icon": "", "defect": key == "b"} for key in "ab"]
    model_register(
        by=engineer, slug="ovens", name="Ovens", asset_type=kind, classes=classes,
        features=[{"key": "x"}], window_seconds=60,
    )  # fmt: skip
    with work():
        onboarding_agree(by=engineer, onboarding=checked)
    one = fresh(checked)
    assert one.state == "checked"
    assert "taken by another model" in one.error
    assert not Dataset.objects.exists()
    assert not AssetType.objects.filter(slug="oven").exists()


def test_agreeing_twice_meets_a_named_error(checked, engineer, work):
    with work():
        onboarding_agree(by=engineer, onboarding=fresh(checked))
    with pytest.raises(WrongState):
        onboarding_agree(by=engineer, onboarding=fresh(checked))
    with pytest.raises(WrongState):  # whoever holds an old page
        onboarding_agree(by=engineer, onboarding=checked)
    assert RegisteredModel.objects.count() == 1


def test_a_check_that_was_stopped_goes_back_and_can_be_asked_for_again(
    bring, engineer, work, monkeypatch, browser
):
    one = bring(table())
    check_ask(by=engineer, onboarding=one)
    one = fresh(one)
    with pytest.raises(WrongState):
        work_again(by=engineer, onboarding=one)  # it waits for its worker

    def stopped(done, total, message=""):
        raise JobCancelled

    with pytest.raises(JobCancelled):
        checking.check_do(str(one.pk), progress=stopped)
    assert fresh(one).state == "draft"
    assert "was cancelled" in fresh(one).error


def test_reading_that_was_stopped_is_done_again(cast, engineer, work, browser):
    from django.core.files.base import ContentFile

    from mlops_portal.above.onboarding.services.receiving import onboarding_create

    one = onboarding_create(
        by=engineer, site=cast.site, name="Ovens", file=ContentFile(table(), name="p.csv"), file_name="p.csv",
        type_name="Oven", asked={"target": "result"},
    )  # fmt: skip
    job_cancel(by=engineer, job_id=Job.objects.get().pk)
    page = browser.get(f"/onboard/{one.pk}/table/").content.decode()
    assert "Read it again" in page
    with work():
        assert browser.post(f"/onboard/{one.pk}/again/").status_code == 302
    assert fresh(one).state == "draft"


def test_the_part_of_a_page_whose_work_is_over_leads_on(taken, browser):
    at = f"/onboard/{taken.pk}/"
    answer = browser.get(f"{at}table/", headers={"HX-Request": "true", "HX-Target": "reading"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"{at}table/")
    answer = browser.get(f"{at}problems/", headers={"HX-Request": "true", "HX-Target": "check"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"{at}training/")


def test_who_may_not_is_told_so_before_the_state_of_a_table(bring, cast):
    """This one is not checked and has no model yet."""
    one = bring(table())
    for person in (cast.stranger, cast.one.ml_engineer, cast.whole.operator):
        with pytest.raises(NotAllowed):
            onboarding_agree(by=person, onboarding=one)
        with pytest.raises(NotAllowed):
            golden_confirm(by=person, onboarding=one, place=0)
        with pytest.raises(NotAllowed):
            golden_refuse(by=person, onboarding=one, place=0)
