"""The faults: each is done, lasts, and is over when its function returns. ``KINDS`` names them all.

A fault says in its return value what it hit. Nothing here is undone by hand that a plant would not undo: what
was killed is started again by whoever keeps it running, a full disk is freed, a network tells the truth.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.edge_agent.faults import FOLDER, GONE, HOW, STEPS, another_program, hostile_lines, read_only, rot
from tests.edge_agent.liar import LIES, mixed
from tests.soak import disks, sides
from tests.soak.node import SoakNode, clock_library
from tests.soak.people import waited
from tests.soak.portal import PARTS
from tests.soak.scene import Scene

Fault = Callable[[Scene], str]
DOZE = 30.0
SLOW_LIES = ("a dripping page", "silence")


# ---- kills ----


def kill_part(name: str) -> Fault:
    def fault(scene: Scene) -> str:
        scene.portal.send(name, signal.SIGKILL)
        scene.hold(2, 8)
        return name

    return fault


def kill_pool(scene: Scene) -> str:
    """A process of a worker's pool alone, in the middle of whatever it does."""
    name = scene.draw.choice(["worker", "learner"])
    for child in _children(scene.portal.pid(name))[:1]:
        os.kill(child, signal.SIGKILL)
    scene.hold(2, 5)
    return name


def _children(pid: int | None) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def kill_agent(scene: Scene) -> str:
    node = scene.node()
    node.kill()
    scene.hold(3, 8)
    return node.slug


def kill_all_agents(scene: Scene) -> str:
    """A power cut of the hall: every node at once, and the portal."""
    for node in scene.nodes:
        node.kill()
    scene.portal.send("supervisor", signal.SIGKILL)
    scene.hold(3, 8)
    return "all"


def kill_training(scene: Scene) -> str:
    """The learner, while it trains."""
    model = scene.draw.choice(scene.models)
    run = scene.people.train(model)
    if run is None or not waited(lambda: "labeling.train" in sides.job_names_at_work(), 90):
        return "no training began"
    scene.hold(0, 6)
    scene.portal.send("learner", signal.SIGKILL)
    scene.hold(2, 5)
    return f"run {run}"


# ---- stops ----


def doze_part(scene: Scene) -> str:
    """A process stands still, as in a machine that was suspended, and goes on."""
    name = scene.draw.choice([*PARTS[:5], "supervisor"])
    pid = scene.portal.send(name, signal.SIGSTOP)
    time.sleep(DOZE * scene.hurry)
    if pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    return name


def doze_agent(scene: Scene) -> str:
    node = scene.node()
    node.send(signal.SIGSTOP)
    time.sleep(DOZE * scene.hurry)
    node.send(signal.SIGCONT)
    return node.slug


# ---- networks ----


def lie(scene: Scene) -> str:
    """Guest networks and proxies answer in the portal's place, a share of the requests or all."""
    share = scene.draw.choice([0.3, 0.7, 1.0])
    lies = scene.draw.sample([one for one in LIES if one not in SLOW_LIES], 12)
    lies += SLOW_LIES
    for node in scene.nodes:
        node.proxy.choose = mixed(scene.draw.randrange(1 << 30), lies, share=share)
    scene.hold(10, 20)
    for node in scene.nodes:
        node.proxy.always(None)
    return f"{share:.0%}"


def small_way(scene: Scene) -> str:
    """A proxy that refuses what is larger than a few kilobytes, as nginx does from 1 MiB on."""
    node = scene.node()
    node.proxy.always("silence")  # until a batch has grown
    scene.hold(8, 12)
    node.proxy.always(None)
    node.proxy.limit = 6000
    scene.hold(10, 15)
    node.proxy.limit = None
    return node.slug


# ---- clocks ----


def clock_jump(scene: Scene) -> str:
    """A node's clock is wrong for a while, and right again."""
    node, name = scene.node(), scene.draw.choice(list(STEPS))
    node.jump(STEPS[name])
    scene.hold(8, 20)
    node.jump(0)
    return f"{node.slug} {name}"


def clock_at_start(scene: Scene) -> str:
    """A node starts with a wrong clock, as one without a battery does."""
    node, name = scene.node(), scene.draw.choice(list(STEPS))
    node.jump(STEPS[name])
    node.kill()
    scene.hold(8, 15)
    node.jump(0)
    return f"{node.slug} {name}"


# ---- files ----

OURS = (
    "store", "log of the store", "what runs", "what was installed", "second copy", "contents", "TUF cache",
    "roots in the TUF cache", "twins", "settings", "trust root", "key", "lock",
)  # fmt: skip


def _down(node: SoakNode) -> None:
    node.kill(again=False)


def rot_file(scene: Scene) -> str:
    """Something of a node's home rots while it is off."""
    node, what = scene.node(), scene.draw.choice(OURS)
    ways = [*HOW, GONE, FOLDER] if what not in ("key", "settings", "trust root") else list(HOW)
    how = scene.draw.choice(ways)
    _down(node)
    rot(node.home, what, how)
    node.start()
    scene.hold(5, 10)
    return f"{node.slug}: {what} {how}"


def rot_store(scene: Scene) -> str:
    node = scene.node()
    store = node.home / "agent.sqlite3"
    how = scene.draw.choice([another_program, read_only])
    _down(node)
    with contextlib.suppress(OSError):
        how(store)
    node.start()
    scene.hold(5, 10)
    return f"{node.slug}: {how.__name__}"


def old_store(scene: Scene) -> str:
    """A backup of the store is put back; the node went on meanwhile."""
    node = scene.node()
    store, kept = node.home / "agent.sqlite3", node.home.parent / "backup"
    _down(node)
    kept.mkdir(exist_ok=True)
    names = [store.name + end for end in ("", "-wal")]
    for name in names:
        with contextlib.suppress(OSError):
            shutil.copy(node.home / name, kept / name)
    node.start()
    scene.hold(6, 12)
    _down(node)
    (node.home / (store.name + "-shm")).unlink(missing_ok=True)
    for name in names:
        (node.home / name).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            shutil.copy(kept / name, node.home / name)
    shutil.rmtree(kept)
    node.start()
    scene.hold(3, 6)
    return node.slug


def feed_copied(scene: Scene) -> str:
    asset = scene.asset()
    scene.feeder.copy_back(asset)
    scene.hold(2, 4)
    return asset


def feed_rotated(scene: Scene) -> str:
    asset = scene.asset()
    scene.feeder.rotate(asset)
    scene.hold(2, 4)
    return asset


def feed_hostile(scene: Scene) -> str:
    """Lines that no machine would write, between those that it does."""
    asset, at = scene.asset(), datetime.now(UTC) - timedelta(seconds=1)
    for _name, line in hostile_lines(at.isoformat()):
        scene.feeder.append(asset, line)
    scene.hold(3, 6)
    return asset


# ---- disks ----


def full_node(scene: Scene) -> str:
    node = scene.node()
    node.disk.fill()
    if scene.draw.random() < 0.5:
        node.kill()
    scene.hold(10, 20)
    node.disk.free()
    return node.slug


def full_portal(scene: Scene) -> str:
    scene.portal_disk.fill()
    scene.hold(10, 20)
    scene.portal_disk.free()
    return "portal"


KINDS: dict[str, Fault] = {
    **{f"kill -9 {name}": kill_part(name) for name in (*PARTS, "supervisor")},
    "kill -9 of a pool": kill_pool,
    "kill -9 an agent": kill_agent,
    "power cut of the hall": kill_all_agents,
    "kill -9 in training": kill_training,
    "stopped part": doze_part,
    "stopped agent": doze_agent,
    "proxy that lies": lie,
    "proxy with a limit": small_way,
    "clock that jumps": clock_jump,
    "wrong clock at start": clock_at_start,
    "file that rots": rot_file,
    "store of another": rot_store,
    "older copy of a store": old_store,
    "feed copied back": feed_copied,
    "feed rotated": feed_rotated,
    "hostile lines in a feed": feed_hostile,
    "full disk at a node": full_node,
    "full disk at the portal": full_portal,
}


def impossible() -> dict[str, str]:
    """The kinds that cannot be tried on this machine, and why."""
    found = {}
    if why := disks.possible():
        found |= dict.fromkeys(("full disk at a node", "full disk at the portal"), why)
    if not clock_library():
        found |= dict.fromkeys(
            ("clock that jumps", "wrong clock at start"), "libfaketime is not installed (Debian: apt install)"
        )
    return found
