"""The ASGI application: Django over HTTP, Channels over WebSocket."""

from __future__ import annotations

import os
from typing import Any, cast

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator, WebsocketDenier
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
http_application = get_asgi_application()

from django.urls import path, re_path  # noqa: E402 - needs the app registry

from playground.accounts.middleware import VisitorMiddleware  # noqa: E402 - as above
from playground.runs.consumers import RunConsumer  # noqa: E402 - as above

# Django's path() is typed for views; Channels gives it an ASGI application. The last one refuses
# what asks for any other address, which the router would raise an error about.
websocket_urls: list[Any] = [
    path("ws/", cast("Any", VisitorMiddleware(RunConsumer.as_asgi()))),
    re_path("", cast("Any", WebsocketDenier.as_asgi())),
]

application = ProtocolTypeRouter(
    {
        "http": http_application,
        "websocket": AllowedHostsOriginValidator(URLRouter(websocket_urls)),
    }
)
