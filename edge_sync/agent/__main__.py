"""``python -m edge_sync.agent --home FOLDER``: run the agent, or command it at the machine."""

from __future__ import annotations

import argparse
import json
import logging
import signal
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from edge_sync.agent import config as configs
from edge_sync.agent import preparing
from edge_sync.agent.disk import keys, outbox, stop, witnessed
from edge_sync.agent.disk.aside import Aside
from edge_sync.agent.disk.installed import Shelf
from edge_sync.agent.disk.store import Store
from edge_sync.agent.failures import Failures
from edge_sync.agent.machine import clock
from edge_sync.agent.sending import enrolling, parking
from edge_sync.agent.sending.uplink import STOP
from mlops_portal.foundation.wire.words import words

log = logging.getLogger("agent")


def parser() -> argparse.ArgumentParser:
    arguments = argparse.ArgumentParser(
        prog="python -m edge_sync.agent",
        description="Judges parts on the node, and runs only models that named people approved.",
    )
    arguments.add_argument("--home", type=Path, required=True, help="the node's folder, with agent.json")
    commands = arguments.add_subparsers(dest="command", title="commands (without one, the agent runs)")
    commands.add_parser("status", help="what runs here, as JSON")
    commands.add_parser("key", help="make the node's key if there is none and print its public half")
    enrol = commands.add_parser("enrol", help="enrol this node at the portal with a token from its page")
    enrol.add_argument("--token", required=True)
    commands.add_parser("parked", help="what the portal refused and waits for a person, as JSON")
    for name, text in (
        ("send-again", "send again what is parked"),
        ("give-up", "give up what is parked, for good"),
    ):
        one = commands.add_parser(name, help=text)
        one.add_argument("--delivery", required=True, help=f"as “parked” names it, or {stop.ALL}")
        one.add_argument("--reason", required=True)
    for name, text in (
        ("stop", "stop judging now, also without network"),
        ("resume", "judge again"),
        ("back", "go back to the approved fallback"),
    ):
        one = commands.add_parser(name, help=text)
        one.add_argument("--asset", required=name == "back", default=stop.ALL)
        if name != "resume":
            one.add_argument("--reason", required=True)
    right = commands.add_parser(
        "clock", help="what is known of the node's clock; --right says that it is right"
    )
    right.add_argument("--right", action="store_true", help="the clock of this computer is right now")
    right.add_argument("--reason", default="", help="who says so, and how they know")
    return arguments


def known_of(config: configs.Config) -> dict[str, object]:
    """What the store says of the clock, read without touching it; times in UTC."""
    known: dict[str, object] = {"now": datetime.now(UTC).isoformat(timespec="seconds")}
    try:
        db = sqlite3.connect(f"file:{config.home / 'agent.sqlite3'}?mode=ro", uri=True)
        said = {key: json.loads(value) for key, value in db.execute("SELECT key, value FROM meta")}
        db.close()
    except (sqlite3.Error, ValueError):
        return known | {"clock": "unknown: the store cannot be read"}
    newest = said.get("newest_time")
    if isinstance(newest, int | float):
        known["newest"] = datetime.fromtimestamp(newest, UTC).isoformat(timespec="seconds")
    return known | {
        "clock": said.get("clock_sentence") or "nothing is known against it",
        "updates": said.get("updates_stop") or "possible",
        "set_aside": {one: said.get(f"set_aside:{one}", 0) for one in config.assets},
        "repeated": {one: said.get(f"repeated:{one}", 0) for one in config.assets},
    }


def status(config: configs.Config) -> dict[str, object]:
    """Per asset: release, artifact, its four words, and why it is stopped; and what has not arrived."""
    shelf, assets = Shelf(config.home), {}
    for asset in config.assets:
        one = shelf.current(asset)
        assets[asset] = {
            "release": one.number if one else None,
            "artifact": one.artifact if one else None,
            "words": " ".join(words(one.artifact)) if one else None,
            "stopped": stop.stopped(config.home, asset),
        }
    return {
        "node": config.node,
        "line": config.line,
        "assets": assets,
        "sending": sending(config),
        "log": log_seen(config),
        **known_of(config),
    }


@contextmanager
def opened(config: configs.Config) -> Iterator[Store]:
    """The store beside the agent that may be running; BadConfig where there is none that can be read."""
    path = config.home / "agent.sqlite3"
    if not path.exists():
        raise configs.BadConfig(f"{path} is not there yet; it comes with the agent's first start.")
    try:
        store = Store(path)
        try:
            yield store
        finally:
            store.close()
    except sqlite3.Error as error:
        raise configs.BadConfig(f"{path} cannot be read: {error}.") from None


def log_seen(config: configs.Config) -> dict[str, object]:
    """How far this node saw the portal's decision log grow, and what it refuses of it."""
    try:
        with opened(config) as store:
            kept = witnessed.read(config.home, store, datetime.now(UTC))
    except configs.BadConfig as error:
        return {"why_not": str(error)}
    known = kept.checkpoint
    return {
        "events": known.size if known else 0,
        "root": known.root.hex() if known else "",
        "refused": kept.why,
    }


def sending(config: configs.Config) -> dict[str, object]:
    """What has not arrived at the portal, and why."""
    try:
        with opened(config) as store:
            return {
                "waiting": outbox.waiting(store),
                "held": len(outbox.held(store)),
                "parked": len(parking.parked(store, -1)),
                "why_not": store.meta(STOP, ""),
            }
    except configs.BadConfig as error:
        return {"why_not": str(error)}


def settle(config: configs.Config, asked: argparse.Namespace) -> None:
    """List what is parked, or send it again or give it up."""
    with opened(config) as store:
        waiting = {f"{one['kind']}/{one['id']}": one for one in parking.parked(store, -1)}
        if asked.command == "parked":
            sys.stdout.write(json.dumps(waiting, ensure_ascii=False, indent=2) + "\n")
            return
        if asked.delivery not in (stop.ALL, *waiting):
            names = ", ".join(waiting) or "none"
            raise configs.BadConfig(f"{asked.delivery} is not parked here; parked are: {names}.")
        for name, one in waiting.items():
            if asked.delivery not in (stop.ALL, name):
                continue
            if asked.command == "send-again":
                parking.send_again(store, one["kind"], one["id"], reason=asked.reason, now=clock.utc_now())
            else:
                parking.give_up(store, one["kind"], one["id"], reason=asked.reason)


def command(config: configs.Config, asked: argparse.Namespace) -> None:
    if asked.command == "status":
        sys.stdout.write(json.dumps(status(config), ensure_ascii=False, indent=2) + "\n")
    elif asked.command == "key":
        sys.stdout.write(keys.public_hex(keys.load_or_make(config.key_file)) + "\n")
    elif asked.command == "enrol":
        key = keys.load_or_make(config.key_file)
        sys.stdout.write(enrolling.enrol(config, key, asked.token, clock.utc_now()) + "\n")
    elif asked.command in ("parked", "send-again", "give-up"):
        settle(config, asked)
    elif asked.command == "clock":
        if not asked.right:
            sys.stdout.write(json.dumps(known_of(config), ensure_ascii=False, indent=2) + "\n")
        elif not asked.reason.strip():
            raise configs.BadConfig("Say who says that the clock is right, and how they know: --reason …")
        else:
            stop.command(config.home, "clock", "right", asked.reason)
    elif asked.asset not in (stop.ALL, *config.assets):
        raise configs.BadConfig(f"{asked.asset} is not here; the assets are {', '.join(config.assets)}.")
    elif asked.command == "resume":
        stop.withdraw(config.home, "stop", asked.asset)
    else:
        stop.command(config.home, asked.command, asked.asset, asked.reason)


def run(home: Path) -> None:
    """Until somebody asks to end. What rots is set aside and begun anew; a full disk is waited for."""
    from edge_sync.agent.agent import Agent  # onnxruntime loads only where it is needed

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    ending = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: ending.set())
    condemned, unread = "", False
    failures, aside = Failures(), Aside(datetime.now(UTC))
    while not ending.is_set():
        try:
            config = preparing.settings(home, aside)
            agent = Agent(config, condemned=condemned, aside=aside)
            failures.clear("start")
            condemned = agent.run(ending)
            if condemned:
                ending.wait(failures.add("store"))
        except configs.BadConfig:
            raise
        except Exception as error:  # the node judges again as soon as it can; nobody stands beside it
            pause = failures.add("start")
            fault_of_the_store = not isinstance(error, OSError | sqlite3.OperationalError)
            condemned = f"holds what the agent cannot read ({type(error).__name__})"
            if (
                unread or not fault_of_the_store
            ):  # set aside once: if that does not help, it was not the store
                condemned = ""
            unread |= fault_of_the_store
            log.exception("the agent cannot begin (%s); again in %.1f s", error, pause)
            ending.wait(pause)
        aside.now = datetime.now(UTC)


def main() -> int:
    asked = parser().parse_args()
    try:
        if asked.command:
            command(configs.load(asked.home), asked)
        else:
            run(asked.home)
    except (configs.BadConfig, enrolling.NotEnrolled, parking.NotParked) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
