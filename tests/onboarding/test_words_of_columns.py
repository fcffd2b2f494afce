"""Words of a table mean the same in training, at the node and in the portal; what is doubtful is asked."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from edge_sync.agent.machine.acquisition import Between
from edge_sync.agent.machine.judging import judge
from edge_sync.replay.choice import choose
from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.above.onboarding.services.checking import check_ask
from mlops_portal.above.onboarding.services.describing import onboarding_describe
from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.compute import datasets, edge_model
from mlops_portal.foundation.registry.models import Dataset, ModelVersion, RegisteredModel
from mlops_portal.foundation.registry.services import artifact_read
from mlops_portal.foundation.wire.classes import class_of
from tests.onboarding.tables import rows, table, written

pytestmark = pytest.mark.django_db
WORDS = ("part", "made", "temperature", "flag", "tool", "coat", "result")
NOW = datetime(2026, 12, 1, tzinfo=UTC)


def onboard(*args, **options):
    out = StringIO()
    call_command("model_onboard", *args, **options, json=True, stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def worded(count: int = 240) -> list[list[object]]:
    """Truths in three spellings, tools with blanks behind them, a coat called NA, results in two cases."""
    found = []
    for number, (part, made, _machine, heat, _force, _shade, result) in enumerate(rows(count)):
        bad = result != "ok"
        flag = ("True", "TRUE", "true") if bad != (number % 9 == 0) else ("False", "FALSE", "false")
        tool = ("T1   ", " T1", "T2", "T2\u00a0")[number % 4]
        coat = ("NA", "zinc", "None")[number % 3]
        said = "crack" if bad else "OK" if number % 2 else "ok"
        found.append([part, made, heat, flag[number % 3], tool, coat, said])
    return found


def record(line: list[object], at: datetime) -> bytes:
    """A part as a gateway would send it: a truth as JSON has it, words as they are spoken."""
    return json.dumps(
        {
            "part": line[0],
            "at": at.isoformat(),
            "readings": {
                "temperature": float(str(line[2])),
                "flag": str(line[3]).casefold() == "true",
                "tool": str(line[4]).strip(),
                "coat": line[5],
            },
        }
    ).encode()


def test_a_node_reads_every_part_as_training_did_and_judges_it_alike(cast, file_of):
    lines = worded()
    found = onboard(
        "Ovens", data=file_of(written(lines, WORDS)), target="result",
        gaps_are_values=["coat"], join_case=["result"],
    )  # fmt: skip
    model = RegisteredModel.objects.get(slug=found["model"])
    categories = {one.key: one.categories for one in model.features.all() if one.categories}
    assert categories == {"flag": ["false", "true"], "tool": ["T1", "T2"], "coat": ["None", "zinc", "NA"]}
    assert [one["key"] for one in model.classes] == ["ok", "crack"]

    keys = [one.key for one in model.features.order_by("order")]
    learned = datasets.decode(artifact_read(Dataset.objects.get().artifact), keys)
    asset = Asset.objects.get(type=model.asset_type)
    running = choose(model=model.slug, machine=asset.slug).running
    sent = [record(line, NOW + timedelta(seconds=place)) for place, line in enumerate(lines)]
    judged = judge(
        sent, running, between=Between(None, NOW + timedelta(days=1)), earlier=lambda _part, _at: None
    )
    assert judged.odd == []
    assert [one.part for one in judged.readings] == learned.part
    np.testing.assert_array_equal(judged.values.astype(np.float32), learned.readings.astype(np.float32))
    sizes = [len(one.categories) for one in running.spec.features]
    assert all(judged.values[:, place].max() < size for place, size in enumerate(sizes) if size)
    assert not np.isnan(judged.values).any()
    version = ModelVersion.objects.get()
    _labels, said = edge_model.probabilities(
        artifact_read(version.artifact), edge_model.as_read(learned.readings, sizes)
    )
    np.testing.assert_allclose(judged.probabilities, said, atol=1e-6)
    assert class_of("Ok ", model.classes) == "ok"


def checked(bring, engineer, work, data: bytes) -> Onboarding:
    one = bring(data)
    return looked(one, engineer, work)


def looked(one: Onboarding, engineer, work) -> Onboarding:
    with work():
        check_ask(by=engineer, onboarding=one)
    one.refresh_from_db()
    return one


def told(one: Onboarding, code: str) -> str:
    return next((each["sentence"] for each in one.problems if each["code"] == code), "")


def _result(words):
    def change(number, line):
        line[6] = words(number, line[6])

    return change


CASES = table(change=_result(lambda number, word: "OK" if word == "ok" and number % 2 else word))
GAPS = table(change=_result(lambda number, word: "NA" if word == "leak" else word))


def test_classes_that_differ_by_case_wait_for_a_person_and_are_joined_by_a_tap(
    bring, engineer, work, browser
):
    one = checked(bring, engineer, work, CASES)
    assert one.blocking == 1
    assert "“OK” (90), “ok” (90)" in told(one, "case-classes")
    assert b"They mean the same" in browser.get(f"/onboard/{one.pk}/problems/").content
    with work():
        browser.post(f"/onboard/{one.pk}/meaning/", {"column": "result", "tap": "join"})
    one.refresh_from_db()
    assert one.blocking == 0
    assert "“OK” (90), “ok” (90)" in told(one, "case-joined")
    assert len(one.plan["classes"]) == 3
    with work():
        browser.post(f"/onboard/{one.pk}/meaning/", {"column": "result", "tap": "keep"})
    one.refresh_from_db()
    assert (one.blocking, len(one.plan["classes"])) == (0, 4)
    assert len({each["key"].casefold() for each in one.plan["classes"]}) == 4


def test_a_tap_that_nobody_offers_changes_nothing_and_a_stranger_finds_no_table(
    bring, engineer, work, browser, client_for, cast
):
    one = checked(bring, engineer, work, CASES)
    browser.post(f"/onboard/{one.pk}/meaning/", {"column": "result", "tap": "swap"})
    assert client_for(cast.stranger).post(
        f"/onboard/{one.pk}/meaning/", {"column": "result", "tap": "join"}
    ).status_code in (403, 404)
    one.refresh_from_db()
    assert one.blocking == 1


def test_a_word_for_nothing_is_said_to_be_one_and_is_a_class_where_a_person_says_so(bring, engineer, work):
    one = checked(bring, engineer, work, GAPS)
    assert "“NA” (30)" in told(one, "gap-words")
    assert told(one, "target-gaps") == ""  # no cell is empty
    assert sum(count for _text, count in one.facts["result"]["values"]) == 210
    onboarding_describe(by=engineer, onboarding=one, columns={"result": {"gaps_are_values": True}})
    one = looked(one, engineer, work)
    assert told(one, "gap-words") == ""
    assert sorted(each["values"][0] for each in one.plan["classes"]) == ["NA", "crack", "ok"]
    assert not told(one, "target-gaps")


@pytest.mark.parametrize(("tap", "defect"), [("defect", True), ("no-defect", False)])
def test_on_which_side_a_class_called_na_is_a_person_says_with_the_same_tap(
    bring, engineer, work, browser, tap, defect
):
    one = checked(bring, engineer, work, GAPS)
    page = browser.get(f"/onboard/{one.pk}/problems/").text
    assert "It is a class, a defect" in page
    assert "It is a class, and no defect" in page
    with work():
        browser.post(f"/onboard/{one.pk}/meaning/", {"column": "result", "tap": tap})
    one.refresh_from_db()
    (na,) = [each for each in one.plan["classes"] if each["values"] == ["NA"]]
    assert na["defect"] is defect


def test_blanks_that_were_dropped_are_told_with_their_count(bring, engineer, work):
    one = checked(
        bring, engineer, work, table(change=_result(lambda number, word: f"{word} " if number < 40 else word))
    )
    assert "“ok␣” (30)" in told(one, "spelt")
    assert len(one.plan["classes"]) == 3


def test_the_command_names_the_options_that_settle_it(cast, file_of):
    path = file_of(CASES)
    with pytest.raises(CommandError, match=r"“OK” \(90\), “ok” \(90\).*--join-case “result”"):
        onboard("Ovens", data=path, target="result")
    found = onboard("Ovens", data=path, target="result", join_case=["result"])
    assert len(found["classes"]) == 3
    with pytest.raises(CommandError, match="is now stated as"):
        onboard("Ovens", data=path, target="shade", join_case=["result"])


def test_the_api_takes_the_same(bring, engineer, work, client_for):
    one = checked(bring, engineer, work, CASES)
    answer = client_for(engineer).patch(
        f"/api/v1/onboardings/{one.pk}/",
        {"columns": {"result": {"ignore_case": True}}},
        content_type="application/json",
    )
    assert answer.status_code == 200, answer.content
    column = next(each for each in answer.json()["columns"] if each["name"] == "result")
    assert column["ignore_case"] is True
    assert len(answer.json()["plan"]["classes"]) == 3
