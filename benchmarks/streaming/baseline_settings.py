"""The site's settings plus a channel layer, for the baseline server only."""

from __future__ import annotations

from webapp.settings import *  # noqa: F403 - a settings module is its names
from webapp.settings import REDIS_URL

# Capacity (100) and expiry (60 s) are the layer's own defaults. Without `socket_timeout: None`
# redis-py 8 ends the layer's blocking read after five seconds, and with it every idle socket.
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}]},
    }
}
