"""The API of bringing a table: the same services, the same refusals."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel
from tests.onboarding.tables import BAD, table

pytestmark = pytest.mark.django_db
AT = "/api/v1/onboardings/"


def multipart(data: bytes, **fields: str) -> dict[str, object]:
    return {
        "name": "Ovens",
        "type_name": "Oven",
        "target": "result",
        "file": SimpleUploadedFile("parts.csv", data),
        **fields,
    }


@pytest.fixture
def post(browser, work):
    def go(address: str, data=None, status: int = 200, client=None, **headers):
        with work():
            answer = (client or browser).post(
                f"{AT}{address}", json.dumps(data or {}), content_type="application/json", headers=headers
            )
        assert answer.status_code == status, answer.content
        return answer.json()

    return go


@pytest.fixture
def sent(browser, work):
    def go(data: bytes, status: int = 201, headers=None, **fields):
        with work():
            answer = browser.post(AT, multipart(data, **fields), headers=headers or {})
        assert answer.status_code == status, answer.content
        return answer.json()

    return go


def test_a_table_goes_to_a_first_version_by_the_api_alone(sent, post, browser, client_for, cast, work):
    one = sent(table())
    assert browser.get(f"{AT}{one['id']}/").json()["state"] == "draft"
    with work():
        answer = browser.patch(
            f"{AT}{one['id']}/",
            json.dumps(
                {"columns": {"temperature": {"unit": "°C"}}, "defect": ["crack"], "window_seconds": 600}
            ),
            content_type="application/json",
        )
    found = answer.json()
    assert [each["defect"] for each in found["plan"]["classes"]] == [False, False, True]
    post(f"{one['id']}/check/", status=202)
    assert browser.get(f"{AT}{one['id']}/").json()["state"] == "checked"
    post(f"{one['id']}/start/", status=202)
    found = browser.get(f"{AT}{one['id']}/").json()
    assert (found["state"], found["version"], found["step"]) == ("taken", 1, "golden")
    assert RegisteredModel.objects.get().window_seconds == 600
    expert = client_for(cast.whole.domain_expert)
    post(f"{one['id']}/golden/confirm/", {"place": 0}, client=expert)
    found = post(f"{one['id']}/golden/refuse/", {"place": 1}, client=expert)
    assert [each["state"] for each in found["golden"]][:2] == ["confirmed", "refused"]
    assert post(f"{one['id']}/undo/")["state"] == "undone"
    assert ModelVersion.objects.get().state == "withdrawn"


def test_the_same_upload_with_the_same_key_happens_once(sent):
    first = sent(table(), headers={"Idempotency-Key": "one"})
    again = sent(table(), headers={"Idempotency-Key": "one"})
    assert first["id"] == again["id"]
    assert Onboarding.objects.count() == 1


def test_a_large_upload_with_a_key_is_not_held_in_memory(sent):
    found = sent(table(30_000), headers={"Idempotency-Key": "large"})
    assert found["file_size"] > 1_200_000
    assert Onboarding.objects.get().rows == 30_000


def test_what_stands_in_the_way_is_listed_with_column_and_row_and_starting_is_refused(sent, post, browser):
    one = sent(BAD["mixed types"][0]())
    post(f"{one['id']}/check/", status=202)
    found = browser.get(f"{AT}{one['id']}/").json()
    problem = next(each for each in found["problems"] if each["blocking"])
    assert (problem["column"], problem["row"]) == ("temperature", 22)
    refused = post(f"{one['id']}/start/", status=422)
    assert refused["type"].endswith("onboarding-blocked")
    assert not RegisteredModel.objects.exists()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"columns": {"heat": {"unit": "K"}}}, "no column “heat”"),
        ({"columns": {"temperature": {"role": "time"}, "made": {"role": "time"}}}, "both the “Time”"),
        ({"columns": {"part": {"role": "reading"}}}, "cannot be a reading"),
        ({"columns": {"temperature": {"low": 5, "high": 1}}}, "must rise"),
        ({"limits": {"low": 1}}, "Limits are for a target that is a number"),
        ({"classes": [{"key": "a", "words": {}, "defect": True}] * 2}, "the same key"),
        ({"part_from": ["nobody"]}, "no column “nobody”"),
    ],
)
def test_a_correction_that_does_not_fit_is_one_sentence_and_changes_nothing(sent, browser, change, word):
    one = sent(table())
    before = Onboarding.objects.values("schema", "plan").get(), Event.objects.count()
    answer = browser.patch(f"{AT}{one['id']}/", json.dumps(change), content_type="application/json")
    assert answer.status_code == 422, answer.content
    assert word in answer.json()["detail"]
    assert (Onboarding.objects.values("schema", "plan").get(), Event.objects.count()) == before


def test_the_same_correction_again_records_nothing(sent, browser):
    one = sent(table())
    change = json.dumps({"columns": {"temperature": {"unit": "°C"}}})
    browser.patch(f"{AT}{one['id']}/", change, content_type="application/json")
    before = Event.objects.count()
    assert browser.patch(f"{AT}{one['id']}/", change, content_type="application/json").status_code == 200
    assert Event.objects.count() == before


def test_a_path_on_the_server_is_off_unless_the_administrator_opened_a_folder(post, settings, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "parts.csv").write_bytes(table())
    (tmp_path / "secret.csv").write_bytes(table())
    (tmp_path / "in" / "link.csv").symlink_to(tmp_path / "secret.csv")
    asked = {"name": "Ovens", "type_name": "Oven", "target": "result"}
    settings.IMPORT_DIR = None
    refused = post("", asked | {"path": "parts.csv"}, status=422)
    assert "upload the file instead" in refused["detail"]
    settings.IMPORT_DIR = tmp_path / "in"
    for path in ("../secret.csv", str(tmp_path / "secret.csv"), "link.csv", ".", "none.csv"):
        post("", asked | {"path": path}, status=422)
    assert not Onboarding.objects.exists()
    post("", asked | {"path": "parts.csv"}, status=201)
    assert Onboarding.objects.get().state == "draft"


def test_a_stranger_and_a_wrong_role_bring_nothing(client_for, cast, sent):
    one = sent(table())
    for person, status in ((cast.stranger, 403), (cast.whole.operator, 403), (cast.one.ml_engineer, 403)):
        assert client_for(person).post(AT, multipart(table(), name="More")).status_code == status
    assert client_for(cast.whole.domain_expert).post(AT, multipart(table(), name="More")).status_code == 403
    assert client_for(cast.whole.domain_expert).get(f"{AT}{one['id']}/").status_code == 404
    assert Onboarding.objects.count() == 1


def test_neither_or_both_of_file_and_path_is_refused(post):
    refused = post("", {"name": "Ovens", "type_name": "Oven"}, status=422)
    assert "Send one file" in refused["detail"]
