"""What rotted is set aside under a dated name, said in one sentence, and never in the way again."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

log = logging.getLogger("agent.aside")


def set_aside(path: Path, now: datetime) -> Path:
    """Give ``path`` (file, folder, link) a dated name beside it; returns that. OSError where it cannot."""
    stem = f"{path.name}.aside-{now:%Y-%m-%dT%H-%M-%SZ}"
    target = path.with_name(stem)
    count = 1
    while target.exists() or target.is_symlink():
        count += 1
        target = path.with_name(f"{stem}-{count}")
    path.rename(target)
    return target


class Aside:
    """Sets aside and keeps the sentences, until somebody reports them."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.sentences: list[str] = []

    def take(self, path: Path, why: str, then: str) -> None:
        """Set ``path`` aside; the sentence says under which name, why, and what follows."""
        moved = set_aside(path, self.now)
        self.say(f"{path.name} was set aside as {moved.name}: it {why}. {then}")

    def say(self, sentence: str) -> None:
        log.warning("%s", sentence)
        self.sentences.append(sentence)
