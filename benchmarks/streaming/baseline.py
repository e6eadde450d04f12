"""BASELINE, not part of the site: the usual way to push from workers with Django Channels.

Each viewer's consumer joins a group, and the publisher calls `group_send` for every event
(channels_redis.core). It understands the same `run.resume` message and sends the same
`lane.entries` frames as the site, so that one load generator measures both. It has no session, no
user and no database on its path, which is in its favour.
"""

from __future__ import annotations

from typing import Any, cast

import msgspec
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path

http_application = get_asgi_application()


def group_name(run_id: str) -> str:
    """The group of a run's viewers."""
    return f"run.{run_id}"


class BaselineConsumer(AsyncWebsocketConsumer):
    """A viewer as a member of a group."""

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """`run.resume`: join the run's group. There is no log to resume from."""
        message = msgspec.json.decode(text_data or bytes_data or b"")
        run_id: str = message["run_id"]
        await self.channel_layer.group_add(group_name(run_id), self.channel_name)
        opening = {"type": "lane.entries", "run_id": run_id, "lane": "main", "id": "1-0"}
        await self.send(text_data=msgspec.json.encode({**opening, "events": []}).decode())

    async def run_frame(self, message: dict[str, Any]) -> None:
        """A group message of type `run.frame`."""
        await self.send(text_data=message["text"])


websocket_urls: list[Any] = [path("ws/", cast("Any", BaselineConsumer.as_asgi()))]

application = ProtocolTypeRouter({"http": http_application, "websocket": URLRouter(websocket_urls)})
