"""`make soak`: the portal, three nodes and people at work, while one thing after another fails.

Ends with both sides counted: lost 0, doubled 0, stuck 0, or exit 1. ``--seed`` draws the same faults again.
``--schema-minutes`` and ``--clients`` try the published schema afterwards; with ``--minutes 0`` nothing else.
"""

from __future__ import annotations

import argparse
import logging
import os
import platform
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from mlops_portal.environment import BASE_DIR
from tests.browser.stack import FROM_OUTSIDE, free_ports
from tests.soak import faults, sides
from tests.soak.counting import Verdict, table
from tests.soak.disks import Disk
from tests.soak.feeder import Feeder
from tests.soak.node import SoakNode
from tests.soak.people import People
from tests.soak.portal import Portal
from tests.soak.scene import Scene
from tests.soak.sweeping import Watch, sweep_orphans

PORTAL_MEGABYTES = 3000
NODES = ("node-1", "node-2", "node-3")
SCHEMA = "tests.api.long_schema"
CLIENTS = "deploy/clients.py"
RECOVER = 180.0  # seconds within which the portal is ready again after a fault


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(prog="make soak", description=(__doc__ or "").splitlines()[0])
    found.add_argument("--minutes", type=float, default=60.0, help="of faults, 0: none; default %(default)s")
    found.add_argument("--settle", type=float, default=300.0,
                       help="seconds in which everything must arrive after the last one")  # fmt: skip
    found.add_argument("--seed", type=int, default=None, help="draw the same faults again")
    found.add_argument("--speed", type=float, default=12.0, help="seconds of the plant in one second")
    found.add_argument("--only", action="append", default=[], metavar="WORDS",
                       help="only faults named with these words; may be given several times")  # fmt: skip
    found.add_argument("--schema-minutes", type=float, default=0.0,
                       help="afterwards, of the schema against the API, on data of its own")  # fmt: skip
    found.add_argument("--clients", action="store_true",
                       help="afterwards, made of the schema in two languages")  # fmt: skip
    found.add_argument("--port", type=int, default=None, help="of the portal; the next two are used too")
    found.add_argument("--folder", type=Path, default=None, help="where its files lie; kept where given")
    return found


def say(text: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S}  {text}", flush=True)


def set_up_django(portal: Portal) -> None:
    os.environ |= {"VAR_DIR": str(portal.var_dir), "PORT": str(portal.port)}
    os.environ["DJANGO_SETTINGS_MODULE"] = "mlops_portal.settings"
    import django

    django.setup()
    logging.disable(logging.INFO)  # the table is read by people


def load(portal: Portal) -> None:
    portal.start()
    if portal.until_ready() is None:
        raise RuntimeError(f"the portal did not start: {portal.ended}")
    done = portal.manage("demo", seconds=1800)
    if done.returncode:
        raise RuntimeError(f"the demo plant was not loaded: {done.stderr[-2000:]}")


def releases(nodes: list[SoakNode]) -> dict[str, int]:
    """{asset: release} once every machine runs one."""
    until = time.monotonic() + 900
    while True:
        found = {
            asset: one["release"] for node in nodes for asset, one in node.status().get("assets", {}).items()
        }
        if len(found) == sum(len(node.assets) for node in nodes) and all(found.values()):
            return found
        if time.monotonic() > until:
            raise RuntimeError(f"not every machine runs a release: {found}")
        time.sleep(1)


def deck(draw: random.Random, only: list[str]) -> list[str]:
    """The kinds to try, all of them once before one comes again."""
    kinds = [one for one in faults.KINDS if one not in faults.impossible()]
    chosen = [one for one in kinds if not only or any(words in one for words in only)]
    draw.shuffle(chosen)
    return chosen


def loop(scene: Scene, minutes: float, only: list[str], done: Counter[str], slow: list[str]) -> None:
    """Faults until the time is over. ``done``: how often each kind came; ``slow``: what did not recover by
    itself in time, or could not be done."""
    until, waiting = time.monotonic() + 60 * minutes, list[str]()
    while time.monotonic() < until and not scene.ended.is_set():
        waiting = waiting or deck(scene.draw, only)
        kind = waiting.pop()
        try:
            hit = faults.KINDS[kind](scene)
        except Exception as error:  # the others go on; the run shows less than it says, so it fails
            hit = f"could not be done: {error!r}"
            slow.append(f"{kind} {hit}")
            scene.calm()
        done[kind] += 1
        took = scene.portal.until_ready(RECOVER)
        scene.hold(2, 5)
        say(f"{kind}: {hit}" + (f"; ready again after {took:.0f} s" if took and took > 1 else ""))
        if took is None:
            slow.append(f"after {kind} ({hit}) the portal was not ready within {RECOVER:.0f} s")
            say(slow[-1])


def settle(scene: Scene, seconds: float, compare: Callable[[], Verdict]) -> Verdict:
    """No more parts, no more faults: what is still on its way arrives, or counts as lost or stuck."""
    scene.people.stop()
    scene.feeder.stop()
    scene.calm()
    until = time.monotonic() + seconds
    while True:
        for _time in range(20):
            scene.keep()
            time.sleep(0.25)
        verdict = compare()
        if verdict.good or time.monotonic() > until:
            return verdict


def end(scene: Scene) -> list[str]:
    """End everything as a person would; what did not end, and whether the log verifies."""
    trouble = [f"{one.slug} had to be killed" for one in scene.nodes if one.end() is None]
    if scene.portal.end() is None:
        trouble.append("the portal had to be killed")
    verified = scene.portal.manage("ledger_verify")
    if verified.returncode:
        trouble.append(f"ledger_verify: {(verified.stderr or verified.stdout).strip()[-300:]}")
    else:
        say(f"ledger_verify: {verified.stdout.strip()}")
    return trouble + [f"left behind: {one}" for one in scene.portal.left()]


def report(
    done: Counter[str], asked: argparse.Namespace, seed: int, verdict: Verdict, more: list[str]
) -> int:
    print(f"\n{machine()}; {asked.minutes:.0f} minutes, seed {seed}; {sum(done.values())} faults:")
    for kind in faults.KINDS:
        why = faults.impossible().get(kind)
        print(f"  {kind:26}{done[kind]:5}" + (f"  not tried: {why}" if why else ""))
    print()
    print(table(verdict))
    for sentence in more:
        print(f"  {sentence}")
    good = verdict.good and not more
    print(f"\nlost {verdict.lost}, doubled {verdict.doubled}, stuck {len(verdict.stuck)}"
          + ("" if good else "; this run FAILED"))  # fmt: skip
    return 0 if good else 1


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {system}"


def alone(*command: str) -> int:
    """Another program, with nothing of this run in its environment; 0 where every promise held."""
    clean = {name: value for name, value in os.environ.items() if name not in (*FROM_OUTSIDE, "VAR_DIR")}
    return subprocess.run([sys.executable, *command], cwd=BASE_DIR, env=clean, check=False).returncode


def main(arguments: list[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupted)
    code = 0
    try:
        if asked.minutes:
            code = fault_run(asked)
        if asked.schema_minutes:
            say(f"the published schema against the API for {asked.schema_minutes:g} minutes")
            code |= alone("-m", SCHEMA, str(60 * asked.schema_minutes))
        if asked.clients:
            say("clients made of the published schema")
            code |= alone(CLIENTS)
    except KeyboardInterrupt:
        say("interrupted; nothing more was counted")
        code = 130
    return code


def fault_run(asked: argparse.Namespace) -> int:
    for left in sweep_orphans():
        say(f"an earlier run was killed; what it left in {left} is ended and unmounted")
    seed = asked.seed if asked.seed is not None else random.randrange(1 << 30)
    folder = (asked.folder or Path(tempfile.mkdtemp(prefix="soak-"))).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        stack.callback(Watch(folder).close)
        code = _run(stack, asked, seed, folder)
    if asked.folder is None and code == 0:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        print(f"Its files are in {folder}.")
    return code


def _run(stack: ExitStack, asked: argparse.Namespace, seed: int, folder: Path) -> int:
    disk = Disk(folder / "portal", PORTAL_MEGABYTES)
    stack.callback(disk.close)
    portal = Portal(disk.folder / "var", asked.port or free_ports(), folder / "portal.said")
    portal.var_dir.mkdir(exist_ok=True)
    stack.callback(_kill_what_is_left, portal)
    stack.callback(portal.end)
    say(f"loading a plant in {folder}; seed {seed}")
    load(portal)
    set_up_django(portal)
    demo = portal.var_dir / "demo" / "nodes"
    nodes = [SoakNode(slug, demo / slug, folder, portal.url) for slug in NODES]
    for node in nodes:
        stack.callback(node.close)
        node.start()
    feeder = Feeder(folder / "feeds", seed=seed % 10_000, speed=asked.speed)
    stack.callback(feeder.stop)
    feeder.start()
    running = releases(nodes)  # a second machine follows when the first has judged some parts
    scene, compare = _scene(portal, disk, nodes, feeder, running, seed)
    stack.callback(scene.ended.set)
    say(f"{len(running)} machines run a release; faults for {asked.minutes:g} minutes")
    done, slow, begun = Counter[str](), list[str](), time.monotonic()
    try:
        loop(scene, asked.minutes, asked.only, done, slow)
    except KeyboardInterrupt:
        say("interrupted: no more faults, and what was done until now is counted")
    asked.minutes = (time.monotonic() - begun) / 60
    if not done:
        slow.append("no fault was done: this run shows nothing")
    say(f"no more faults; everything must arrive within {asked.settle:.0f} s")
    verdict = settle(scene, asked.settle, compare)
    more = slow + [f"the portal ended by itself: {one}" for one in portal.ended] + end(scene)
    for sentence, times in scene.people.acknowledged.refused.most_common(10):
        say(f"people were told {times} times: {sentence}")
    code = report(done, asked, seed, verdict, more)
    if code:
        for one in (disk, *(node.disk for node in nodes)):
            one.keep()
    return code


def _scene(
    portal: Portal, disk: Disk, nodes: list[SoakNode], feeder: Feeder, running: dict[str, int], seed: int
) -> tuple[Scene, Callable[[], Verdict]]:
    models = sides.models_of_lines()
    since = feeder.begin()
    people = People(portal.port, sides.tokens(), feeder, models, seed)
    scene = Scene(
        portal=portal, portal_disk=disk, nodes=nodes, feeder=feeder, people=people,
        models=sorted(set(models.values())), draw=random.Random(seed),
    )  # fmt: skip
    people.start()

    def compare() -> Verdict:
        return sides.compared(
            feeder=feeder, releases=running, acknowledged=people.acknowledged, nodes=nodes, since=since
        )

    return scene, compare


def _interrupted(*_told: object) -> None:
    raise KeyboardInterrupt


def _kill_what_is_left(portal: Portal) -> None:
    for one in portal.left():
        subprocess.run(["kill", "-9", one.partition(":")[0]], check=False)


if __name__ == "__main__":
    sys.exit(main())
