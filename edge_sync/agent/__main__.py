"""``python -m edge_sync.agent --home FOLDER``: run the agent, or command it at the machine."""

from __future__ import annotations

import argparse
import json
import logging
import signal
import sys
import threading
from pathlib import Path

from edge_sync.agent import config as configs
from edge_sync.agent import keys, stop
from edge_sync.agent.installed import Shelf
from mlops_portal.wire.words import words


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(
        prog="python -m edge_sync.agent",
        description="Judges parts on the node, and runs only models that named people approved.",
    )
    found.add_argument("--home", type=Path, required=True, help="the node's folder, with agent.json")
    commands = found.add_subparsers(dest="command", title="commands (without one, the agent runs)")
    commands.add_parser("status", help="what runs here, as JSON")
    commands.add_parser("key", help="make the node's key if there is none and print its public half")
    for name, text in (
        ("stop", "stop judging now, also without network"),
        ("resume", "judge again"),
        ("back", "go back to the approved fallback"),
    ):
        one = commands.add_parser(name, help=text)
        one.add_argument("--asset", required=name == "back", default=stop.ALL)
        if name != "resume":
            one.add_argument("--reason", required=True)
    return found


def status(config: configs.Config) -> dict[str, object]:
    """Per asset: release, artifact, its four words, and why it is stopped."""
    shelf, found = Shelf(config.home), {}
    for asset in config.assets:
        one = shelf.current(asset)
        found[asset] = {
            "release": one.number if one else None,
            "artifact": one.artifact if one else None,
            "words": " ".join(words(one.artifact)) if one else None,
            "stopped": stop.stopped(config.home, asset),
        }
    return {"node": config.node, "line": config.line, "assets": found}


def command(config: configs.Config, asked: argparse.Namespace) -> None:
    if asked.command == "status":
        sys.stdout.write(json.dumps(status(config), ensure_ascii=False, indent=2) + "\n")
    elif asked.command == "key":
        sys.stdout.write(keys.public_hex(keys.load_or_make(config.key_file)) + "\n")
    elif asked.asset not in (stop.ALL, *config.assets):
        raise configs.BadConfig(f"{asked.asset} is not here; the assets are {', '.join(config.assets)}.")
    elif asked.command == "resume":
        stop.withdraw(config.home, "stop", asked.asset)
    else:
        stop.command(config.home, asked.command, asked.asset, asked.reason)


def run(config: configs.Config) -> None:
    from edge_sync.agent.agent import Agent  # onnxruntime loads only where it is needed

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    ending = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: ending.set())
    Agent(config).run(ending)


def main() -> int:
    asked = parser().parse_args()
    try:
        config = configs.load(asked.home)
        if asked.command:
            command(config, asked)
        else:
            run(config)
    except configs.BadConfig as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
