"""What a person at the machine can do without the portal."""

import json
import subprocess
import sys

import pytest

from tests.edge_agent import models
from tests.edge_agent.world import HERE, sha


def command(world, *words):
    return subprocess.run(
        [sys.executable, "-m", "edge_sync.agent", "--home", str(world.home), *words],
        cwd=HERE,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def ran(world):
    world.release(models.good(), 1)
    world.start()
    world.exchange()
    world.parts(20)
    world.judge()
    return world


def test_an_emergency_stop_works_without_network_and_is_reported_later(ran):
    ran.portal.away = True
    assert command(ran, "stop", "--reason", "smoke").returncode == 0
    ran.parts(5)
    ran.judge()
    assert command(ran, "resume").returncode == 0
    ran.parts(3)
    ran.judge()
    ran.portal.away = False
    ran.exchange()
    assert len(ran.portal.all("predictions")) == 23
    assert [(one["state"], one["reason"]) for one in ran.portal.reports.values()][-2:] == [
        ("stopped", "smoke"),
        ("resumed", "stopped for 0 min; 5 parts passed unjudged"),
    ]


def test_a_stop_holds_after_a_restart(ran):
    command(ran, "stop", "--asset", "press-3", "--reason", "smoke")
    ran.restart()
    ran.parts(5)
    ran.judge()
    ran.exchange()
    assert len(ran.portal.all("predictions")) == 20


def test_somebody_at_the_machine_sends_a_model_back(ran):
    ran.release(models.better(), 2, fallback=sha(models.good()))
    ran.exchange()
    command(ran, "back", "--asset", "press-3", "--reason", "too many rejects")
    ran.judge()
    assert ran.running() == 1
    ran.judge()
    ran.exchange()
    assert ran.last_report()["reason"] == "person: too many rejects"
    assert ran.portal.states().count((2, "fallen_back")) == 1


def test_the_status_says_what_runs_with_the_words_of_its_digest(ran):
    found = json.loads(command(ran, "status").stdout)
    assert found["assets"]["press-3"]["release"] == 1
    assert len(found["assets"]["press-3"]["words"].split()) == 4


def test_the_key_is_made_once_and_is_its_owners_alone(world):
    (world.home / "node.key").unlink()
    first, again = command(world, "key"), command(world, "key")
    assert (len(first.stdout.strip()), first.stdout) == (64, again.stdout)
    assert (world.home / "node.key").stat().st_mode & 0o777 == 0o600
    (world.home / "node.key").chmod(0o644)
    refused = command(world, "key")
    assert (refused.returncode, "chmod 600" in refused.stderr) == (2, True)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"interval_s": 0}, "interval_s"),
        ({"random_share": 2}, "random_share"),
        ({"assets": {}}, "assets"),
        ({"assets": {"../x": "press"}}, "slash"),
        ({"typo": 1}, "typo"),
        ({"portal": 3}, "portal"),
    ],
)
def test_a_wrong_setting_is_refused_in_one_line(world, change, named):
    world.write_config(**change)
    refused = command(world, "status")
    assert (refused.returncode, refused.stderr.count("\n"), refused.stdout) == (2, 1, "")
    assert named in refused.stderr


def test_a_home_without_settings_is_refused_in_one_line(world):
    (world.home / "agent.json").unlink()
    assert "enrol the node" in command(world, "status").stderr


def test_a_second_agent_in_the_same_home_is_refused(ran):
    refused = command(ran)
    assert (refused.returncode, "another agent" in refused.stderr) == (2, True)
