"""Martel et al. 2020: enterprise AI."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from approvals.models import ApprovalRequest, Decision
from approvals.selectors.duties import who_may_sign
from mlops_portal.environment import BASE_DIR
from mlops_portal.plant.matrix import ACTIONS
from tests.approvals.conftest import bench  # noqa: F401 - a fixture
from tests.approvals.world import Bench
from tests.browser.stack import free_ports, left_behind
from tests.directory.probes import NOT_YET, PROBES

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


@pytest.mark.slow
@pytest.mark.xdist_group("stack")
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
