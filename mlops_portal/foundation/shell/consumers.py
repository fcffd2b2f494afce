"""The one consumer: says “changed: topic” to the browsers that show it."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from mlops_portal.foundation.shell.live import changed_just_now, group, is_topic

MOST_TOPICS = 60


class Live(AsyncJsonWebsocketConsumer):
    """Rules.

    - Nobody connects without being signed in.
    - The browser sends the topics of its page; ``person:…`` is for that person alone.
    - The answer to ``ping`` is ``pong``, so that a page notices a line that died without a word.
    """

    async def connect(self) -> None:
        self.topics: set[str] = set()
        user = self.scope.get("user")
        if user is None or not user.is_authenticated:
            await self.close()
            return
        self.own = f"person:{user.pk}"
        await self.accept()

    async def disconnect(self, code: int) -> None:
        for topic in self.topics:
            await self.channel_layer.group_discard(group(topic), self.channel_name)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any
    ) -> None:
        try:
            await super().receive(text_data=text_data, bytes_data=bytes_data, **kwargs)
        except ValueError:  # not JSON, or no text
            await self.close(code=4400)

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        if content == {"ping": True}:
            await self.send_json({"pong": True})
            return
        asked = content.get("topics") if isinstance(content, dict) else None
        if not isinstance(asked, list) or len(asked) > MOST_TOPICS:
            await self.close(code=4400)
            return
        wanted = {topic for topic in asked if is_topic(topic) and self._may_hear(topic)}
        for topic in self.topics - wanted:
            await self.channel_layer.group_discard(group(topic), self.channel_name)
        new = wanted - self.topics
        for topic in new:
            await self.channel_layer.group_add(group(topic), self.channel_name)
        self.topics = wanted
        await self.send_json({"topics": sorted(wanted)})
        for topic in await sync_to_async(changed_just_now, thread_sensitive=False)(new):
            await self.send_json({"changed": topic})

    def _may_hear(self, topic: str) -> bool:
        return not topic.startswith("person:") or topic == self.own

    async def topic_changed(self, message: dict[str, Any]) -> None:
        await self.send_json({"changed": message["topic"]})
