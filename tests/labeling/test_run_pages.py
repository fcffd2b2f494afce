"""The pages and the API of retrain runs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from labeling.models import RetrainRun, RunStep
from labeling.services.runs import run_propose, run_start
from labeling.transitions import RunState, RunStepName, StepState, Trigger
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.shell.models import Job
from monitoring.drift.services.calibrations import calibration_claim, calibration_write
from tests.cast import Cast
from tests.labeling.plant import QUICK, Shop, a_version, make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(cast: Cast) -> Shop:
    return make_shop(cast)


@pytest.fixture
def run(cast: Cast, shop: Shop) -> RetrainRun:
    return run_propose(
        by=cast.whole.ml_engineer,
        model=shop.model,
        trigger=Trigger.DRIFT,
        reason="tool wear",
        parameters=QUICK,
    )


def test_the_page_says_that_the_worker_is_lost_and_that_another_goes_on(
    cast: Cast, run: RetrainRun, client_for
) -> None:
    run_start(by=cast.whole.ml_engineer, run=run)
    job, now = Job.objects.filter(name="labeling.train"), timezone.now()
    page = reverse("run", args=[run.pk])
    client = client_for(cast.whole.ml_engineer)
    said = "Nothing was heard of the worker lately"
    assert said not in client.get(page).text  # nobody has begun yet
    job.update(state=Job.State.RUNNING, started=now, heard_at=now)
    assert said not in client.get(page).text
    job.update(heard_at=now - timedelta(seconds=31))
    assert said in client.get(page, headers={"HX-Target": "run"}).text
    job.update(state=Job.State.QUEUED, heard_at=None)  # taken up, and the next worker is not there yet
    assert said in client.get(page).text
    RetrainRun.objects.update(state=RunState.CANDIDATE)
    assert said not in client.get(page).text


def test_a_run_that_waits_for_the_worker_says_what_the_worker_is_at(
    cast: Cast, run: RetrainRun, shop: Shop, client_for
) -> None:
    client, page = client_for(cast.whole.ml_engineer), reverse("run", args=[run.pk])
    waits = "The run waits until a worker is free"
    assert waits not in client.get(page).text  # nobody has started it
    run_start(by=cast.whole.ml_engineer, run=run)
    assert waits in client.get(page).text
    version = a_version(shop)
    assert calibration_claim(version=version)
    said = f"A worker is busy with limits of {shop.model}, version {version.number} since"
    assert said in client.get(page, headers={"HX-Target": "run"}).text
    calibration_write(version=version, persistence=1, body={})
    assert said not in client.get(page).text
    Job.objects.update(state=Job.State.RUNNING, started=timezone.now(), heard_at=timezone.now())
    assert waits not in client.get(page).text


def test_the_list_shows_the_run_to_those_who_may_see_it(cast: Cast, run: RetrainRun, client_for) -> None:
    page = client_for(cast.one.auditor).get(reverse("runs"))
    assert page.status_code == 200
    assert "tool wear" in page.text
    assert reverse("run_new") not in page.text
    assert client_for(cast.one.operator).get(reverse("runs")).status_code == 403


def test_a_run_is_proposed_and_started_from_the_page_and_ends_with_a_candidate(
    cast: Cast, shop: Shop, client_for, settings, django_capture_on_commit_callbacks
) -> None:
    settings.MLFLOW_TRACKING_URI = "http://127.0.0.1:9"
    client = client_for(cast.whole.ml_engineer)
    form = client.get(reverse("run_new")).context["form"]
    given = {
        f"p-{key.removeprefix('p-')}": field.initial for key, field in form.fields.items() if "p-" in key
    }
    given |= {f"p-{key}": value for key, value in QUICK.items()}
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(
            reverse("run_new"), {"model": "press-quality", "reason": "wear", "start": "1", **given}
        )
    made = RetrainRun.objects.get()
    assert done.url == reverse("run", args=[made.pk])
    assert made.state == RunState.CANDIDATE
    page = client.get(reverse("run", args=[made.pk]))
    assert "Tracking is behind" in page.text
    assert f'href="{reverse("candidate", args=["press-quality", made.candidate.number])}"' in page.text
    assert "Version 1" in page.text
    part = client.get(reverse("run", args=[made.pk]), headers={"HX-Request": "true", "HX-Target": "run"})
    assert "<html" not in part.text
    assert "Version 1" in part.text


def test_a_wrong_number_is_said_at_the_form(cast: Cast, shop: Shop, client_for) -> None:
    page = client_for(cast.whole.ml_engineer).post(
        reverse("run_new"), {"model": "press-quality", "reason": "wear", "p-max_iter": "0"}
    )
    assert page.status_code == 422
    assert not RetrainRun.objects.exists()


def test_starting_needs_the_role_and_a_post(cast: Cast, run: RetrainRun, client_for) -> None:
    url = reverse("run_start", args=[run.pk])
    assert client_for(cast.whole.quality_engineer).post(url).status_code == 403
    assert client_for(cast.whole.ml_engineer).get(url).status_code == 405
    assert RetrainRun.objects.get().state == RunState.PROPOSED


def test_cancelling_is_offered_and_done_once(cast: Cast, run: RetrainRun, client_for) -> None:
    client = client_for(cast.whole.domain_expert)
    url = reverse("run_cancel", args=[run.pk])
    assert url in client.get(reverse("run", args=[run.pk])).text
    assert client.post(url).status_code == 302
    assert client.post(url).status_code == 409
    assert url not in client.get(reverse("run", args=[run.pk])).text


def test_a_failed_step_offers_to_try_it_again(cast: Cast, run: RetrainRun, client_for) -> None:
    RetrainRun.objects.filter(pk=run.pk).update(state=RunState.FAILED, error="It stopped.")
    RunStep.objects.create(run=run, name="train", order=1, state=StepState.FAILED, output="It stopped.")
    url = reverse("run_step_retry", args=[run.pk, "train"])
    assert url in client_for(cast.whole.ml_engineer).get(reverse("run", args=[run.pk])).text
    assert url not in client_for(cast.whole.auditor).get(reverse("run", args=[run.pk])).text
    assert client_for(cast.whole.ml_engineer).post(url).status_code == 302
    assert RetrainRun.objects.get().state == RunState.STARTED


def test_the_api_does_the_same_through_the_same_service(cast: Cast, shop: Shop, client_for) -> None:
    client = client_for(cast.whole.ml_engineer)
    body = {"model": "press-quality", "reason": "wear", "parameters": {"max_iter": 10}}
    made = client.post(reverse("api-runs-list"), body, content_type="application/json")
    assert made.status_code == 201, made.text
    pk = made.json()["id"]
    assert made.json()["parameters"]["max_iter"] == 10
    again = client.post(reverse("api-runs-list"), body, content_type="application/json")
    assert (again.status_code, again.json()["type"]) == (409, "urn:mlops-portal:problem:run-open")
    started = client.post(reverse("api-runs-start", args=[pk]))
    assert (started.status_code, started.json()["state"]) == (200, "started")
    assert len(started.json()["steps"]) == len(RunStepName)
    ended = client.post(reverse("api-runs-cancel", args=[pk]))
    assert ended.json()["state"] == "cancelled"
    assert client.get(reverse("api-runs-list")).json()["results"][0]["id"] == pk
    assert Event.objects.filter(type="labeling.run.cancelled").count() == 1
    assert client_for(cast.one.operator).get(reverse("api-runs-list")).status_code == 403
    assert client_for(cast.whole.auditor).post(reverse("api-runs-start", args=[pk])).status_code == 403
