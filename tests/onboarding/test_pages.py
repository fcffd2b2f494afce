"""The pages of bringing a table, from the upload to the first version."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from labeling.transitions import RunState
from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.above.onboarding.selectors import onboardings_all
from mlops_portal.above.onboarding.services.files import held_forget
from mlops_portal.foundation.plant.models import AssetType
from mlops_portal.foundation.registry.models import Dataset, ModelVersion, RegisteredModel
from monitoring.models import GoldenSample
from tests.onboarding.tables import BAD, measured, table

pytestmark = pytest.mark.django_db


def upload(data: bytes, **fields: str) -> dict[str, object]:
    file = SimpleUploadedFile("parts.csv", data, "text/csv")
    return {"name": "Ovens", "type_name": "Oven", "target": "result", "file": file, **fields}


@pytest.fixture
def sent(browser, cast, work):
    """``sent(data)``: uploaded through the page; the answer and the onboarding."""

    def go(data: bytes, **fields):
        with work():
            answer = browser.post("/onboard/new/", upload(data, site=str(cast.site.pk), **fields))
        return answer, onboardings_all().first()

    return go


def test_a_table_goes_from_upload_to_a_first_version_by_pages_alone(sent, browser, work, client_for, cast):
    answer, one = sent(table())
    at = f"/onboard/{one.pk}/"
    assert answer.url == f"{at}table/"
    page = browser.get(answer.url).content.decode()
    for word in ("temperature", "P0000", "oven-1", "240 rows"):
        assert word in page
    page = browser.get(f"{at}target/").content.decode()
    assert page.count("a defect</span>") == 3
    kept = browser.post(
        f"{at}target/",
        {
            "form": "classes", "next": "1",
            "k0-words_en": "Good", "k0-words_de": "Gut",
            "k1-words_en": "Crack", "k1-words_de": "Riss", "k1-defect": "on",
            "k2-words_en": "Leak", "k2-words_de": "Leck", "k2-defect": "on",
        },
    )  # fmt: skip
    assert kept.url == f"{at}problems/"
    assert "Not checked yet" in browser.get(kept.url).content.decode()
    with work():
        browser.post(f"{at}check/")
    page = browser.get(f"{at}problems/").content.decode()
    assert "Agree and train" in page
    assert not RegisteredModel.objects.exists()
    assert not Dataset.objects.exists()
    with work():
        browser.post(f"{at}agree/")
    page = browser.get(f"{at}training/").content.decode()
    assert "The first version stands" in page
    model = RegisteredModel.objects.get()
    assert model.classes[1]["words"] == {"en": "Crack", "de": "Riss"}
    expert = client_for(cast.whole.domain_expert)
    page = expert.get(f"{at}golden/").content.decode()
    assert "Yes, it is Good" in page
    with work():
        expert.post(f"{at}golden/0/confirm/", {"safety": "1"})
        expert.post(f"{at}golden/1/refuse/")
    sample = GoldenSample.objects.get()
    assert sample.judged_by == cast.whole.domain_expert
    assert sample.safety
    page = browser.get(f"{at}version/").content.decode()
    assert "newest parts" in page
    assert "Defects missed" in page
    assert ModelVersion.objects.get().state == "candidate"  # asking for approval is a person's next step
    assert "Ovens" in browser.get("/onboard/").content.decode()


@pytest.mark.parametrize("what", sorted(set(BAD) - {"empty file"}))
def test_a_bad_table_is_said_on_the_page_and_nothing_of_it_is_stored(sent, browser, work, what, stored):
    make, word = BAD[what]
    _answer, one = sent(make(), time="made", part="part")
    at = f"/onboard/{one.pk}/"
    if one.state == "unreadable":
        page = browser.get(f"{at}table/").content.decode()
        assert "This file cannot be read" in page
        assert stored() == []
    else:
        with work():
            browser.post(f"{at}check/")
        page = browser.get(f"{at}problems/").content.decode()
        assert "This stands in the way" in page or "Say which column" in page
        assert "Agree and train" not in page
        refused = browser.post(f"{at}agree/")
        assert refused.status_code in (409, 422)
    assert word in page
    assert not RegisteredModel.objects.exists()


def test_an_empty_file_is_refused_at_the_form(sent):
    answer, one = sent(b"")
    assert answer.status_code == 422
    assert "empty" in answer.content.decode()
    assert one is None


def test_another_file_takes_the_place_of_one_that_cannot_be_read(sent, browser, work):
    _answer, one = sent(BAD["a pickle"][0]())
    with work():
        answer = browser.post(f"/onboard/{one.pk}/file/", {"file": SimpleUploadedFile("better.csv", table())})
    assert answer.status_code == 302
    one.refresh_from_db()
    assert (one.state, one.file_name, one.error) == ("draft", "better.csv", "")


def test_columns_are_corrected_on_the_page_and_a_wrong_correction_is_said(sent, browser):
    _answer, one = sent(table())
    columns = one.schema["columns"]
    fields = {"stay": "1"}
    for index, column in enumerate(columns):
        fields |= {
            f"c{index}-kind": column["kind"],
            f"c{index}-role": column["role"],
            f"c{index}-unit": column["unit"],
        }
        fields |= {f"c{index}-{end}": "" if column[end] is None else column[end] for end in ("low", "high")}
        fields |= {
            f"c{index}-categories": "\n".join(column["categories"]),
            f"c{index}-words_en": column["name"],
        }
    heat = next(index for index, column in enumerate(columns) if column["name"] == "temperature")
    address = f"/onboard/{one.pk}/table/"
    assert (
        browser.post(
            address, fields | {f"c{heat}-unit": "°C", f"c{heat}-words_de": "Ofentemperatur"}
        ).status_code
        == 302
    )
    one.refresh_from_db()
    assert one.schema["columns"][heat]["unit"] == "°C"
    assert one.plan["words"]["temperature"] == {"en": "temperature", "de": "Ofentemperatur"}
    refused = browser.post(address, fields | {f"c{heat}-low": "200", f"c{heat}-high": "100"})
    assert refused.status_code == 422
    assert "must rise from low to high" in refused.content.decode()


def test_limits_of_a_measured_target_are_shown_and_changed(sent, browser):
    _answer, one = sent(measured(), target="thickness")
    at = f"/onboard/{one.pk}/target/"
    assert "Between which limits is a part good?" in browser.get(at).content.decode()
    browser.post(at, {"form": "limits", "low": "", "high": "4.1"})
    one.refresh_from_db()
    assert one.plan["limits"] == {"low": None, "high": 4.1}
    assert [each["key"] for each in one.plan["classes"]] == ["in_limits", "high"]
    refused = browser.post(at, {"form": "limits", "low": "5", "high": "4"})
    assert "lower limit must be below" in refused.content.decode()


def test_another_target_brings_its_own_classes_and_leaves_the_old_one_out(sent, browser):
    _answer, one = sent(table())
    browser.post(f"/onboard/{one.pk}/target/", {"form": "target", "target": "shade"})
    one.refresh_from_db()
    roles = {each["name"]: each["role"] for each in one.schema["columns"]}
    assert (roles["shade"], roles["result"]) == ("target", "ignore")
    assert {text for each in one.plan["classes"] for text in each["values"]} == {"dark", "light"}


def test_a_name_that_is_taken_is_said_at_the_form(sent, taken):
    answer, _one = sent(table())
    assert answer.status_code == 409
    assert "There is a model Ovens already" in answer.content.decode()


def test_pages_of_others_are_not_found_and_roles_without_the_right_are_refused(sent, client_for, cast):
    _answer, one = sent(table())
    assert client_for(cast.stranger).get(f"/onboard/{one.pk}/table/").status_code == 404
    assert client_for(cast.whole.operator).get("/onboard/").status_code == 403
    assert client_for(cast.whole.quality_engineer).post(f"/onboard/{one.pk}/check/").status_code == 404
    assert client_for(cast.one.ml_engineer).get("/onboard/new/").status_code == 403


def test_the_ml_engineer_may_not_vouch_for_golden_samples(taken, browser):
    page = browser.get(f"/onboard/{taken.pk}/golden/").content.decode()
    assert "Yes, it is" not in page
    assert browser.post(f"/onboard/{taken.pk}/golden/0/confirm/").status_code == 403
    assert not GoldenSample.objects.exists()


def test_a_part_is_decided_about_once(taken, client_for, cast):
    expert = client_for(cast.whole.domain_expert)
    assert expert.post(f"/onboard/{taken.pk}/golden/0/confirm/").status_code == 302
    assert expert.post(f"/onboard/{taken.pk}/golden/0/refuse/").status_code == 409
    assert expert.post(f"/onboard/{taken.pk}/golden/99/confirm/").status_code == 404
    assert GoldenSample.objects.count() == 1


def test_the_home_card_and_the_search_know_what_waits(sent, browser):
    sent(table())
    assert "1 onboarding waits for you" in browser.get("/").content.decode()
    assert "parts.csv" in browser.get("/search?q=ovens").content.decode()


def test_every_step_shows_itself_at_every_stage(sent, browser, work):
    """A page that has nothing to show yet leads to the one that has."""
    _answer, one = sent(table())
    for step in ("table", "target", "problems", "training", "golden", "version"):
        assert browser.get(f"/onboard/{one.pk}/{step}/", follow=True).status_code == 200
    with work():
        browser.post(f"/onboard/{one.pk}/undo/")
    assert browser.get(f"/onboard/{one.pk}/", follow=True).status_code == 200
    assert Onboarding.objects.get().state == "undone"


def test_a_wide_table_is_shown_a_page_of_columns_at_a_time(sent, browser):
    from tests.onboarding.tables import written

    header = [f"s{number}" for number in range(120)] + ["result"]
    lines = [
        [(row * 7 + number * 3) % 11 + row / 100 for number in range(120)] + ["ok" if row % 3 else "bad"]
        for row in range(60)
    ]
    _answer, one = sent(written(lines, header))
    page = browser.get(f"/onboard/{one.pk}/table/?page=2").content.decode()
    assert "Page 2 of 5" in page
    assert 'aria-label="s30: Unit"' in page
    only = browser.get(f"/onboard/{one.pk}/table/?role=target").content.decode()
    assert 'aria-label="result: For"' in only
    assert 'aria-label="s30: Unit"' not in only


def test_the_first_run_is_that_of_the_person_who_agreed(taken, engineer):
    assert taken.run.state == RunState.CANDIDATE
    assert taken.run.started_by == engineer
    assert taken.run.candidate.trained_by == engineer


def test_of_two_fields_of_which_one_is_needed_neither_is_called_optional(browser):
    AssetType.objects.create(name="Saw", slug="saw")
    page = browser.get("/onboard/new/").text
    for name in ("asset_type", "type_name"):
        label = page[page.index(f'<label for="id_{name}"') :].partition("</label>")[0]
        assert "optional" not in label
    assert "(optional)" in page[page.index('<label for="id_time"') :].partition("</label>")[0]


@pytest.mark.parametrize("wrong", [{"type_name": " "}, {"name": "Ovens"}])
def test_a_file_that_came_with_a_form_which_was_not_taken_need_not_come_again(
    browser, cast, work, taken, wrong
):
    data = upload(table(), site=str(cast.site.pk), **{"name": "Furnaces"} | wrong)
    refused = browser.post("/onboard/new/", data)
    assert refused.status_code in (409, 422)
    assert "parts.csv is here already" in refused.text
    path = browser.session["onboarding_held"]["path"]
    assert default_storage.exists(path)
    with work():
        answer = browser.post(
            "/onboard/new/",
            {"name": "Furnaces", "type_name": "Furnace", "target": "result", "site": str(cast.site.pk)},
        )
    assert answer.status_code == 302
    one = onboardings_all().first()
    assert (one.name, one.file_name, one.state) == ("Furnaces", "parts.csv", "draft")
    assert "is here already" not in browser.get("/onboard/new/").text
    assert not default_storage.exists(path)


def test_a_held_file_belongs_to_its_session_and_goes_after_a_day(browser, cast, client_for, taken):
    browser.post("/onboard/new/", upload(table(), site=str(cast.site.pk), name="Ovens"))
    other = client_for(cast.whole.administrator)
    assert "is here already" not in other.get("/onboard/new/").text
    held_forget(now=timezone.now() + timedelta(days=2))
    assert "is here already" not in browser.get("/onboard/new/").text
