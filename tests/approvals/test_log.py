"""The decision log: sentences, filters, pages, the trace of reading, proofs, verification."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from approvals.selectors.records.log import Filter, filter_of, log_page, newer_count
from approvals.selectors.records.log_links import KINDS, url_of
from mlops_portal.foundation.ledger import types
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.ledger.refs import SYSTEM, Ref
from mlops_portal.foundation.ledger.services import event_record, log_sequence, personal_erase
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.shell.models import Job
from mlops_portal.foundation.wire.errors import Invalid
from tests.approvals.world import Bench

pytestmark = pytest.mark.django_db


def readings() -> int:
    return Event.objects.filter(type="log.read").count()


@pytest.fixture
def auditor(bench, client_for):
    return client_for(bench.cast.whole.auditor)


def test_events_read_as_sentences_newest_first(bench: Bench, auditor):
    request = bench.submitted()
    bench.sign(request, bench.cast.two.quality_engineer)
    page = auditor.get("/log/").content.decode()
    name = bench.cast.two.quality_engineer.name
    signed = f"{name} signed “Approve” for Press quality version 2 on Line 2"
    approved = "Press quality version 2 is approved for Line 2"
    assert page.index(approved) < page.index(signed) < page.index("asked for approval of Press quality")


def test_role_and_state_keys_read_as_words(bench: Bench):
    request = bench.submitted()
    event = Event.objects.get(type="registry.version.moved")
    assert types.sentence(event).endswith("moved Press quality version 2 from Candidate to In review")
    with override("de"):
        assert "in_review" not in types.sentence(event)
    with transaction.atomic():
        granted = event_record(
            type="plant.role.granted",
            actor=SYSTEM,
            subjects=[request.ref()],
            public={"role": "ml_engineer", "place": "Line 2"},
            personal={"person": "Ada"},
        )
    assert types.sentence(granted) == "The portal made Ada ML engineer on Line 2"


@pytest.mark.parametrize(
    ("query", "found", "missing"),
    [
        ("type=approvals.*", "asked for approval", "registered the model"),
        ("type=registry.model.registered", "registered the model", "asked for approval"),
        ("thing=line/line-2", "asked for approval", "registered the model"),
        ("thing=model", "registered the model", "nothing else"),
        ("q=submitted", "asked for approval", "registered the model"),
        ("q=press-3", "asked for approval", "registered the model"),
        ("from=2099-01-01T00:00", "Nothing fits this filter", "asked for approval"),
        ("to=2099-01-01", "asked for approval", "Nothing fits"),
    ],
)
def test_the_address_filters(bench: Bench, auditor, query, found, missing):
    bench.submitted()
    page = auditor.get(f"/log/?{query}").content.decode()
    assert found in page
    assert missing not in page


def test_a_person_is_found_as_the_one_who_acted_and_as_the_one_it_is_about(bench: Bench):
    request = bench.submitted()
    signer = bench.cast.two.quality_engineer
    bench.sign(request, signer)
    found = log_page(filter_of({"person": str(signer.pk)})).events
    assert {one.type for one in found} >= {"approvals.decision.signed"}
    assert all(one.actor_id == str(signer.pk) or str(signer.pk) in one.public for one in found)


@pytest.mark.parametrize("given", [{"person": "ada"}, {"from": "yesterday"}, {"to": "2026-13-01"}])
def test_a_filter_that_cannot_be_read_is_refused(given, auditor):
    with pytest.raises(Invalid):
        filter_of(given)
    assert auditor.get("/log/", given).status_code == 422
    assert auditor.get("/api/v1/events/", given).status_code == 422


def record(count: int) -> list[Event]:
    with transaction.atomic():
        return [
            event_record(type="log.verified", actor=SYSTEM, subjects=[Ref("log", "x")], public={"events": n})
            for n in range(count)
        ]


def test_pages_go_on_where_the_last_one_ended_though_new_events_came(bench):
    made = [one.pk for one in record(25)]
    wanted = Filter(type="log.verified")
    first = log_page(wanted, size=10)
    record(3)
    second = log_page(wanted, before=first.older, size=10)
    assert [one.pk for one in [*first.events, *second.events]] == made[:4:-1]
    back = log_page(wanted, after=second.newer, size=10)
    assert [one.pk for one in back.events] == [one.pk for one in first.events]
    assert newer_count(wanted, since=made[-1]) == 3


def test_the_links_between_pages_show_every_event_once(auditor, bench, monkeypatch):
    record(120)
    seen: list[str] = []
    address = "/log/?type=log.verified"
    while address:
        answer = auditor.get(address)
        seen += [str(line.event.uuid) for line in answer.context["lines"]]
        address = f"/log/{answer.context['older_url']}" if answer.context["older_url"] else ""
    assert len(seen) == len(set(seen)) == 120


def test_reading_is_one_event_for_each_person_filter_and_hour(bench: Bench, auditor, client_for):
    for _time in range(3):
        auditor.get("/log/")
        auditor.get("/api/v1/events/")
    assert readings() == 1
    auditor.get("/log/?type=approvals.*")
    assert readings() == 2
    client_for(bench.cast.one.auditor).get("/log/")
    assert readings() == 3
    event = Event.objects.filter(type="log.read").order_by("id")[1]
    assert types.sentence(event).endswith("read the log: type=approvals.*")
    assert "approvals.*" not in event.public


def test_an_hour_later_it_is_read_again(auditor, monkeypatch):
    auditor.get("/log/")
    now = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr("approvals.services.log.timezone.now", lambda: now)
    auditor.get("/log/")
    assert readings() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.queued
def test_reading_is_never_broadcast(bench, auditor, monkeypatch):
    told: list[str] = []
    monkeypatch.setattr(
        "mlops_portal.foundation.shell.receivers.enqueue", lambda name, **rest: told.append(name)
    )
    monkeypatch.setattr("mlops_portal.foundation.shell.receivers.cache.add", lambda *args, **rest: True)
    auditor.get("/log/")
    assert told == []
    record(1)
    assert "shell.log_changed" in told


def test_news_is_announced_and_nothing_moves(auditor, bench):
    newest = auditor.get("/log/").context["newest"]
    record(2)
    answer = auditor.get(f"/log/?newest={newest}", headers={"HX-Request": "true", "HX-Target": "newer"})
    assert "2 newer events" in answer.content.decode()
    assert "<table" not in answer.content.decode()


def test_an_event_shows_its_text_its_people_and_its_proof(bench: Bench, auditor):
    request = bench.submitted()
    bench.sign(request, bench.cast.two.quality_engineer, comment="Looks <b>good</b>")
    log_sequence()
    event = Event.objects.get(type="approvals.decision.signed")
    page = auditor.get(f"/log/events/{event.uuid}/").content.decode()
    for text in ("proved", "Looks &lt;b&gt;good", "approvals.decision.signed", f"/approvals/{request.pk}/"):
        assert text in page
    found = auditor.get(f"/api/v1/events/{event.uuid}/").json()
    assert found["event"]["public"] == event.public
    assert found["proof"]["holds"] is True
    assert found["proof"]["index"] == event.leaf.index


def test_an_event_that_waits_says_so_and_an_erased_one_too(bench: Bench, auditor):
    bench.submitted()
    event = Event.objects.get(type="approvals.request.submitted")
    assert "waits for its leaf" in auditor.get(f"/log/events/{event.uuid}/").content.decode()
    personal_erase(actor=SYSTEM, kind="person", id=event.actor_id)
    page = auditor.get(f"/log/events/{event.uuid}/").content.decode()
    assert "It was erased" in page
    assert auditor.get(f"/api/v1/events/{event.uuid}/").json()["event"]["erased"] is True


def test_an_unknown_event_is_not_found(auditor):
    missing = "00000000-0000-4000-8000-000000000000"
    assert auditor.get(f"/log/events/{missing}/").status_code == 404
    assert auditor.get(f"/api/v1/events/{missing}/").status_code == 404


def test_the_api_lists_events_behind_a_cursor(auditor, bench):
    record(5)
    first = auditor.get("/api/v1/events/?type=log.verified&limit=2").json()
    second = auditor.get(first["next"]).json()
    numbers = [json.loads(one["public"])["data"]["events"] for one in first["results"] + second["results"]]
    assert numbers == [4, 3, 2, 1]


@pytest.mark.django_db(transaction=True)
def test_verify_runs_as_a_job_that_leads_to_what_it_found(bench: Bench, client_for):
    auditor = client_for(bench.cast.whole.auditor)
    log_sequence()
    answer = auditor.post("/log/verify/")
    job = Job.objects.get()
    assert (answer.headers["Location"], job.state) == (f"/jobs/{job.pk}/", "done")
    event = Event.objects.get(type="log.verified")
    assert job.result_url == f"/log/events/{event.uuid}/"
    assert (event.data["faults"], event.actor_id) == (0, str(bench.cast.whole.auditor.pk))
    assert "had the log verified" in auditor.get(job.result_url).content.decode()
    assert auditor.post("/api/v1/events/verify/").status_code == 202


def test_roles_decide_who_reads_verifies_and_exports(bench: Bench, client_for):
    operator, engineer = client_for(bench.cast.one.operator), client_for(bench.cast.one.ml_engineer)
    assert operator.get("/log/").status_code == 403
    assert operator.get("/api/v1/events/").status_code == 403
    assert readings() == 0
    page = engineer.get("/log/").content.decode()
    assert 'action="/log/verify/"' not in page
    assert engineer.post("/log/verify/").status_code == 403
    assert engineer.post("/api/v1/events/verify/").status_code == 403


def test_the_home_card_of_the_auditor_says_when_it_was_verified(bench: Bench, auditor):
    assert "Not verified yet" in auditor.get("/").content.decode()
    record(1)
    assert "/log/exports/" in auditor.get("/").content.decode()


def test_things_lead_to_their_pages():
    samples = {"model_version": "press/2", "person": "00000000-0000-4000-8000-000000000000"}
    numbered = ("alert", "retrain_run", "release")
    for kind, (_word, address) in KINDS.items():
        key = samples.get(kind, "7" if kind in numbered else "line-1")
        if kind == "approval_request":
            key = samples["person"]
        assert bool(url_of(kind, key)) == bool(address), kind
    assert url_of("model_version", "no/such/thing") == url_of("unheard", "1") == ""


def test_the_longest_room_decides_how_a_field_reads_and_nobody_redefines_it():
    said = types.labels(Role)
    assert (said("operator"), said("something else")) == ("Operator", "something else")
    with pytest.raises(ValueError):
        types.read_as("role", said)
