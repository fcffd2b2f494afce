"""A browser's end of a websocket, without a network (channels.testing would need daphne)."""

import json

from asgiref.testing import ApplicationCommunicator

PATIENCE = 20  # seconds; the first connection of a process on a busy machine takes its time


class Browser(ApplicationCommunicator):
    def __init__(self, application, *, user=None, headers=(), path="/ws/live"):
        scope = {"type": "websocket", "path": path, "headers": list(headers), "subprotocols": []}
        super().__init__(application, scope | ({"user": user} if user else {}))

    async def connects(self):
        await self.send_input({"type": "websocket.connect"})
        return (await self.receive_output(PATIENCE))["type"] == "websocket.accept"

    async def tell(self, what):
        await self.send_input({"type": "websocket.receive", "text": json.dumps(what)})

    async def hears(self):
        return json.loads((await self.receive_output(PATIENCE))["text"])

    async def leaves(self):
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(PATIENCE)
