"""Live pages: after commit the browsers that show a topic are told that it changed, and nothing else.

The browser then fetches its partial again through a view, so permission is checked in one place.
A lost message loses no work: the page catches up when it connects again. What changed in the last ``RECENT``
seconds is remembered, because a page listens only a moment after it was rendered.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from functools import partial

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.core.cache import cache
from django.db import transaction
from structlog import get_logger

TOPIC = re.compile(r"[a-z][a-z0-9_-]*(:[A-Za-z0-9_.-]+)?")
LONGEST_TOPIC = 90  # group names of the channel layer end at 100
SECONDS = 2
RECENT = 10
log = get_logger(__name__)


def is_topic(topic: object) -> bool:
    """``alerts`` or ``alert:17``: a word, and perhaps the id of one thing."""
    return isinstance(topic, str) and len(topic) <= LONGEST_TOPIC and bool(TOPIC.fullmatch(topic))


def group(topic: str) -> str:
    """The channel layer's name of a topic; it knows no colon."""
    return "live." + topic.replace(":", "..")


def changed(*topics: str) -> None:
    """Tell the browsers that show one of these topics, after commit. ValueError for what is no topic."""
    wrong = [topic for topic in topics if not is_topic(topic)]
    if wrong:
        raise ValueError(f"not a topic: {wrong[0]!r}")
    transaction.on_commit(partial(_send, topics), robust=True)


def _send(topics: tuple[str, ...]) -> None:
    try:
        cache.set_many({_recent_key(topic): 1 for topic in topics}, timeout=RECENT)
        async_to_sync(_send_all)(topics)
    except Exception as error:  # whatever the broker's client raises: the page catches up on its own
        log.warning("live_not_sent", topics=topics, error=str(error) or type(error).__name__)


async def _send_all(topics: tuple[str, ...]) -> None:
    layer = get_channel_layer()
    async with asyncio.timeout(SECONDS):
        for topic in dict.fromkeys(topics):
            await layer.group_send(group(topic), {"type": "topic.changed", "topic": topic})


def _recent_key(topic: str) -> str:
    return f"shell.live.{topic}"


def changed_just_now(topics: Iterable[str]) -> list[str]:
    """Those of the topics that changed while the page was on its way."""
    keys = {_recent_key(topic): topic for topic in topics}
    return sorted(keys[key] for key in cache.get_many(keys))
