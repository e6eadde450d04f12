"""A page's end of a WebSocket, against the ASGI application itself.

Speaks the ASGI WebSocket messages (asgi.readthedocs.io, "WebSocket") without a server in between.
"""

from __future__ import annotations

import json
from typing import Any

from asgiref.testing import ApplicationCommunicator

from webapp.asgi import application

#: How long a busy machine may take for one message; nothing measures it.
_PATIENCE_S = 20

Headers = list[tuple[bytes, bytes]]


class Socket:
    """One connection. `headers` are what a browser sends of itself: cookie, origin, host."""

    def __init__(self, address: str, headers: Headers) -> None:
        path, _, query = address.partition("?")
        scope = {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "ws",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": headers,
            "client": ("127.0.0.1", 50000),
            "server": ("localhost", 80),
            "subprotocols": [],
            "extensions": {},
        }
        communicator: Any = ApplicationCommunicator  # asgiref does not type it
        self._asgi = communicator(application, scope)

    async def opens(self) -> bool:
        """Ask for the connection; False: the server refused it."""
        await self._asgi.send_input({"type": "websocket.connect"})
        answer = await self._asgi.receive_output(_PATIENCE_S)
        assert answer["type"] in ("websocket.accept", "websocket.close")
        return bool(answer["type"] == "websocket.accept")

    async def sends(self, data: str | bytes) -> None:
        """Send a message as it stands."""
        kind = "text" if isinstance(data, str) else "bytes"
        await self._asgi.send_input({"type": "websocket.receive", kind: data})

    async def says(self, message: object) -> None:
        """Send as a page does: JSON text."""
        await self.sends(json.dumps(message))

    async def hears(self) -> dict[str, Any]:
        """The next message."""
        event = await self._asgi.receive_output(_PATIENCE_S)
        assert event["type"] == "websocket.send"
        message = json.loads(event["text"])
        assert isinstance(message, dict)
        return message

    async def asks(self, message: object) -> dict[str, Any]:
        """Send and take the answer."""
        await self.says(message)
        return await self.hears()

    async def hears_until(self, kind: str) -> list[dict[str, Any]]:
        """All messages up to the first of this type, which is the last one."""
        heard = [await self.hears()]
        while heard[-1]["type"] != kind:
            heard.append(await self.hears())
        return heard

    async def is_closed_with(self) -> int:
        """The code with which the server closes the connection; it says nothing before."""
        event = await self._asgi.receive_output(_PATIENCE_S)
        assert event["type"] == "websocket.close"
        return int(event["code"])

    async def is_silent(self) -> bool:
        """Whether nothing comes for a moment."""
        return bool(await self._asgi.receive_nothing(timeout=0.2))

    async def closes(self) -> None:
        """Leave, and wait until the server has noticed."""
        await self._asgi.send_input({"type": "websocket.disconnect", "code": 1001})
        await self._asgi.wait(_PATIENCE_S)
