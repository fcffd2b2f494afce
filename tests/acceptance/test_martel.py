"""Martel et al. 2020: enterprise AI."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone

from approvals.models import ApprovalRequest, Decision
from approvals.selectors.duties import who_may_sign
from mlops_portal.environment import BASE_DIR
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.plant.matrix import ACTIONS
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.registry.services import champion_set
from monitoring.measures.services.measures import measure_add
from monitoring.measures.services.values import values_record
from monitoring.measures.tasks.measures import judge
from monitoring.models import Alert, Prediction
from monitoring.performance.tasks import performance
from tests.approvals.conftest import bench  # noqa: F401 - a fixture
from tests.approvals.test_api import send
from tests.approvals.world import Bench
from tests.browser.stack import free_ports, left_behind
from tests.directory.probes import NOT_YET, PROBES
from tests.monitoring.conftest import floor  # noqa: F401 - a fixture
from tests.monitoring.ground import Floor

OFFLINE = """
import fcntl, os, socket, struct, subprocess, sys, time, urllib.request
loopback = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(loopback, 0x8914, struct.pack("16sh", b"lo", 0x49))  # SIOCSIFFLAGS: lo is up and running
try:
    socket.create_connection(("198.51.100.1", 443), timeout=1)
    sys.exit("this is not offline")
except OSError:
    pass
port = sys.argv[1]
serve = subprocess.Popen([sys.executable, "manage.py", "serve", "--no-demo", "--port", port])
for _ in range(300):
    time.sleep(0.3)
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/readyz", timeout=3) as answer:
            print("ready", answer.status)
            break
    except OSError:
        if serve.poll() is not None:
            sys.exit("serve ended")
serve.terminate()
sys.exit(serve.wait(40))
"""


def test_mar_1_every_action_is_tried_for_every_role_and_nobody_approves_what_they_trained(
    bench: Bench,  # noqa: F811 - the fixture
) -> None:
    """Each cell is tried in tests/directory/test_matrix.py; here: that none is left out; and the trainer."""
    tried = {probe.action for probe in PROBES}
    assert tried | set(NOT_YET) == set(ACTIONS)
    request = bench.submitted()
    trainer = request.version.trained_by
    assert trainer is not None
    assert all(not one.allowed for one in who_may_sign(request) if one.person == trainer)
    assert not Decision.objects.filter(person=trainer).exists()
    assert ApprovalRequest.objects.get(pk=request.pk).state == "submitted"


@pytest.mark.django_db
def test_mar_2_a_business_figure_stands_on_the_models_axis_and_raises_an_alert(
    floor: Floor,  # noqa: F811 - the fixture
    client_for: Callable[[Person], Client],
) -> None:
    """Scrap of the line by the hour, beside how often the model of a machine there is right."""
    by = floor.cast.one.quality_engineer
    champion_set(asset=floor.press, version=floor.version, number=1)
    at = timezone.now().replace(minute=30)
    Prediction.objects.bulk_create(
        Prediction(
            id=f"node-1:{hour}-{number}", node=floor.node, asset=floor.press, version=floor.version,
            activation="press-1/1", part_id=f"{hour}-{number}", label="ok", confidence=0.9,
            at=at - timedelta(hours=hour, seconds=number), truth="ok", truth_source="inspection",
        )
        for hour in range(1, 40)
        for number in range(5)
    )  # fmt: skip
    performance()
    scrap = measure_add(
        by=by, line=floor.cast.line_1, name="Scrap", unit="%", kind="business", bad="up", reference_size=40
    )
    random = np.random.default_rng(3)
    for shift, first, count in ((0.0, 60, 40), (0.5, 20, 20)):
        values = [
            (at - timedelta(hours=first - hour), 2.0 + shift + 0.1 * random.normal()) for hour in range(count)
        ]
        values_record(by=floor.cast.one.operator, measure=scrap, values=values)
        judge(scrap)
    alert = Alert.objects.get()
    assert (alert.kind, alert.measure, alert.asset) == ("business", scrap, None)

    client = client_for(by)
    page = client.get(f"/measures/{scrap.pk}/").content.decode()
    headers = re.findall(r"<th[^>]*>([^<]+)</th>", page[page.index("Over time") :])
    assert [one for one in headers if "%" in one][:4] == [
        "Scrap (%)",
        "upward (%)",
        "expected without truths (%)",
        "seen with truths (%)",
    ]  # one table behind one picture: one axis of time
    assert "Press quality on Press 1, version 1: judgements that are right" in page
    assert "Scrap on Line 1 is" in client.get(f"/alerts/{alert.pk}/").content.decode()
    assert "Scrap on Line 1 is" in client.get("/alerts/?kind=business").content.decode()


def test_mar_3_an_approval_by_page_and_by_api_leaves_the_same_records_but_for_the_channel(
    bench: Bench,  # noqa: F811 - the fixture
    client_for: Callable[[Person], Client],
) -> None:
    """Both lines, the same version, the same acts; what differs is the place and the channel. A release
    follows from the approval by itself, in one task, so no channel is left to differ there."""
    events = {}
    for channel, line, team in (("page", "line-1", bench.cast.one), ("api", "line-2", bench.cast.two)):
        press = next(one for one in bench.presses if one.line.slug == line)
        asking, signing = client_for(team.ml_engineer), client_for(team.quality_engineer)
        before = set(Event.objects.values_list("id", flat=True))
        if channel == "page":
            asking.post("/candidates/press-quality/2/ask/", {"assets": [press.pk], "comment": "Lot"})
            request = ApprovalRequest.objects.get(line__slug=line)
            asking.post(f"/approvals/{request.pk}/submit/", {"comment": ""})
            request.refresh_from_db()
            statement, envelope = bench.signed(request, team.quality_engineer)
            signing.post(
                f"/approvals/{request.pk}/sign/",
                {"statement": statement.decode(), "envelope": json.dumps(envelope)},
            )
        else:
            body = {"version": "press-quality/2", "line": line, "assets": [press.slug], "comment": "Lot"}
            send(asking, "POST", "approvals/", body)
            request = ApprovalRequest.objects.get(line__slug=line)
            send(asking, "POST", f"approvals/{request.pk}/submit/")
            request.refresh_from_db()
            statement, envelope = bench.signed(request, team.quality_engineer)
            send(
                signing,
                "POST",
                f"approvals/{request.pk}/decisions/",
                {"statement": statement.decode(), "envelope": envelope},
            )
        request.refresh_from_db()
        assert request.state == "approved"
        mine = Event.objects.exclude(id__in=before).filter(type__startswith="approvals.").order_by("id")
        events[channel] = [
            (one.type, sorted(one.data), sorted(one.subjects.values_list("relation", "kind"))) for one in mine
        ]
        assert set(mine.values_list("channel", flat=True)) == {channel}
    first_policy = ("approvals.policy.set",)
    assert [one for one in events["page"] if one[0] not in first_policy] == events["api"]


@pytest.mark.slow
@pytest.mark.stack
def test_mar_4_the_portal_starts_with_no_internet(tmp_path: Path) -> None:
    """In a network namespace with nothing but loopback. That the tests need none is the rule of their ground:
    ``tests/ground.py`` refuses every connection that would leave the machine."""
    unshare = shutil.which("unshare")
    assert unshare is not None, "util-linux' unshare is needed to take the network away"
    port = free_ports()
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    away = [unshare, "--net"] if os.geteuid() == 0 else [unshare, "--user", "--map-root-user", "--net"]
    ran = subprocess.run(
        [*away, sys.executable, "-c", OFFLINE, str(port)],
        cwd=BASE_DIR,
        env={**kept, "VAR_DIR": str(tmp_path), "PORT": str(port)},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert "ready 200" in ran.stdout, ran.stdout + ran.stderr
    assert left_behind(tmp_path) == []
