"""A WebSocket client (RFC 6455) that costs little enough to measure a server from the same machine.

A thousand sockets of a general client use more CPU than the server that feeds them, and would
measure themselves. This one knows what a benchmark needs: unfragmented text frames in, short text
frames out, pings answered, no extension offered.
"""

from __future__ import annotations

import asyncio
import base64
import os
import struct
import time
from collections.abc import Callable
from typing import Final, cast

from benchmarks.common import BenchmarkFailed

_TEXT: Final = 0x1
_CLOSE: Final = 0x8
_PING: Final = 0x9
_PONG: Final = 0xA

#: (the frame's payload, CLOCK_MONOTONIC in ns at which its last bytes were read from the socket)
OnText = Callable[[bytes, int], None]


class WebSocket(asyncio.Protocol):
    """One connection. `on_text` is called for every text message."""

    def __init__(self, request: bytes, on_text: OnText) -> None:
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.close_code: int | None = None
        self.closed = asyncio.Event()
        self._request = request
        self._on_text = on_text
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    @property
    def is_closed(self) -> bool:
        return self.closed.is_set()

    def send(self, text: bytes) -> None:
        """Send one text message."""
        self._write(_TEXT, text)

    def close(self) -> None:
        """Drop the connection."""
        if self._transport is not None:
            self._transport.abort()

    def _write(self, opcode: int, payload: bytes) -> None:
        if self._transport is None:
            return
        size = len(payload)
        if size < 126:
            head = struct.pack("!BB", 0x80 | opcode, 0x80 | size)
        elif size < 65536:
            head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, size)
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, size)
        # A mask of zeros is a valid mask, and leaves the payload as it is.
        self._transport.write(head + b"\0\0\0\0" + payload)

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set()
        self._transport = None
        if not self.opened.done():
            self.opened.set_exception(exc or ConnectionError("closed during the handshake"))

    def data_received(self, data: bytes) -> None:
        now = time.monotonic_ns()
        self._buffer += data
        if not self.opened.done() and not self._finish_handshake():
            return
        self._read_frames(now)

    def _finish_handshake(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        status = bytes(self._buffer[: self._buffer.find(b"\r\n")])
        if b" 101 " not in status:
            self.opened.set_exception(ConnectionError(status.decode("latin-1")))
            self.close()
            return False
        del self._buffer[: end + 4]
        self.opened.set_result(None)
        return True

    def _read_frames(self, now: int) -> None:
        buffer = self._buffer
        at = 0
        while len(buffer) - at >= 2:
            size, start = buffer[at + 1] & 0x7F, at + 2
            if size == 126:
                if len(buffer) < at + 4:
                    break
                size, start = int.from_bytes(buffer[at + 2 : at + 4], "big"), at + 4
            elif size == 127:
                if len(buffer) < at + 10:
                    break
                size, start = int.from_bytes(buffer[at + 2 : at + 10], "big"), at + 10
            if len(buffer) < start + size:
                break
            self._take(buffer[at], bytes(buffer[start : start + size]), now)
            at = start + size
        del buffer[:at]

    def _take(self, first: int, payload: bytes, now: int) -> None:
        opcode = first & 0x0F
        if opcode == _TEXT and first & 0x80:
            self._on_text(payload, now)
        elif opcode == _PING:
            self._write(_PONG, payload)
        elif opcode == _CLOSE:
            self.close_code = int.from_bytes(payload[:2], "big") or None
            self.close()
        elif opcode != _PONG:
            # A fragmented or binary message: this client would miscount, so it must not go on.
            message = f"unexpected WebSocket frame, first byte {first:#x}"
            raise BenchmarkFailed(message)


async def connect(port: int, path: str, on_text: OnText, *, cookie: str = "") -> WebSocket:
    """Open a connection to this machine. Raises OSError where the server refuses."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Origin: http://127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        "Sec-WebSocket-Version: 13",
    ]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    request = ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")
    _, socket = await asyncio.get_running_loop().create_connection(
        lambda: WebSocket(request, on_text), "127.0.0.1", port
    )
    await socket.opened
    return socket
